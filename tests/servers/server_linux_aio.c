/*
 * Asynchronous I/O by the kernel's older interface: io_submit and io_getevents, by way of libaio.
 *
 * In: the options of serve.h, and
 *   --recv        poll requests tell readiness only; the reads and writes are system calls;
 *   --readv       the vector requests (and calls);
 *   --no-poll     no poll before a read: on a socket io_submit then sleeps until data comes, so
 *                 one connection at a time is served;
 *   --pgetevents  io_pgetevents in place of io_getevents;
 *   --user-reap   take completions from the ring in memory first, as fio and Seastar do;
 *   --wait-ms MS  io_getevents gives up after this time, and is called again.
 * Out: the tally; its rows aio_X are requests, counted from the completions.
 *
 * A request to read from or write to a socket is carried out inside io_submit. The system calls
 * are made by tally.c, never by libaio, which only lays out the requests.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
/* tally.h has that name. */
#define io_poll libaio_poll
#include <libaio.h>
#undef io_poll
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_REQUESTS 1024
#define MAX_EVENTS   128
#define RING_MAGIC   0xa10a10a1

/* A connection and its one request; conn is NULL for the listener. */
struct peer {
	struct iocb cb;
	struct serve_conn *conn;
	struct iovec iov[2];
};

/* How the ring that io_setup maps begins; the kernel and libaio agree on it. */
struct ring {
	unsigned int id, nr, head, tail, magic, compat, incompat, header_length;
	struct io_event events[];
};

static bool by_recv, no_poll, pgetevents, user_reap;
static long wait_ms;

static const struct serve_option options[] = {
	{.name = "recv", .flag = &by_recv},	     {.name = "no-poll", .flag = &no_poll},
	{.name = "pgetevents", .flag = &pgetevents}, {.name = "user-reap", .flag = &user_reap},
	{.name = "wait-ms", .number = &wait_ms},     {0},
};

static io_context_t context;
static struct peer listener;
static int listener_fd;
static long inflight;

/* The requests that the next io_submit hands over. */
static struct iocb *batch[MAX_REQUESTS];
static long batched;

/* Hand the batch to the kernel, or exit. */
static void submit(void)
{
	long done = 0;

	while (done < batched) {
		int n = io_io_submit(context, batched - done, batch + done);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			serve_fail("io_submit");
		done += n > 0 ? n : 0;
	}
	batched = 0;
}

/* Put a request that has been laid out into the batch. */
static void add(struct peer *p)
{
	if (batched == MAX_REQUESTS)
		submit();
	p->cb.data = p;
	batch[batched++] = &p->cb;
	inflight++;
}

/* Ask to be told when a descriptor is ready. */
static void ask_poll(struct peer *p, int fd, int events)
{
	io_prep_poll(&p->cb, fd, events);
	add(p);
}

/* Point the vector at len bytes. */
static void point(struct peer *p, char *buf, size_t len)
{
	p->iov[0] = (struct iovec){buf, len / 2};
	p->iov[1] = (struct iovec){buf + len / 2, len - len / 2};
}

/* Ask for the next bytes of a connection. */
static void ask_read(struct peer *p)
{
	struct serve_conn *c = p->conn;

	point(p, c->buf, (size_t)serve.size);
	if (serve.use_readv)
		io_prep_preadv(&p->cb, c->fd, p->iov, 2, 0);
	else
		io_prep_pread(&p->cb, c->fd, c->buf, (size_t)serve.size, 0);
	add(p);
}

/* Ask for what is left to be written. */
static void ask_write(struct peer *p)
{
	struct serve_conn *c = p->conn;

	point(p, c->buf + c->sent, c->len - c->sent);
	if (serve.use_readv)
		io_prep_pwritev(&p->cb, c->fd, p->iov, 2, 0);
	else
		io_prep_pwrite(&p->cb, c->fd, c->buf + c->sent, c->len - c->sent, 0);
	add(p);
}

/* Ask for what comes first on a connection that has nothing to write. */
static void ask_next(struct peer *p)
{
	if (no_poll)
		ask_read(p);
	else
		ask_poll(p, p->conn->fd, POLLIN);
}

/* Accept what is there, and ask for more if more is allowed. */
static void accept_some(void)
{
	struct peer *p;
	int fd;

	while (!serve_full() && (fd = serve_accept(listener_fd)) >= 0) {
		p = calloc(1, sizeof(*p));
		if (!p || (no_poll && fcntl(fd, F_SETFL, O_RDWR)))
			serve_fail("accept");
		p->conn = serve_conn_new(fd);
		ask_next(p);
	}
	if (!serve_full())
		ask_poll(&listener, listener_fd, POLLIN);
}

/* Close a connection, which has no request under way. */
static void close_peer(struct peer *p)
{
	serve_conn_end(p->conn);
	free(p);
}

/* A connection is ready: read by a request, or serve it by system calls. */
static void on_ready(struct peer *p)
{
	enum serve_want want;

	if (!by_recv) {
		if (p->conn->len)
			ask_write(p);
		else
			ask_read(p);
		return;
	}
	want = serve_pump(p->conn, false);
	if (want == SERVE_CLOSE)
		close_peer(p);
	else
		ask_poll(p, p->conn->fd, want == SERVE_READ ? POLLIN : POLLOUT);
}

/* A read brought res bytes, the end, or -errno. */
static void on_read(struct peer *p, long res)
{
	if (res > 0) {
		p->conn->len = (size_t)res;
		p->conn->sent = 0;
		serve_compute();
		ask_write(p);
	} else if ((res == -EAGAIN || res == -EINTR) && !serve_stopping()) {
		ask_next(p);
	} else {
		close_peer(p);
	}
}

/* A write took res bytes, or failed with -errno. */
static void on_write(struct peer *p, long res)
{
	struct serve_conn *c = p->conn;

	if (res < 0 && res != -EAGAIN && res != -EINTR) {
		close_peer(p);
		return;
	}
	c->sent += res > 0 ? (size_t)res : 0;
	if (c->sent < c->len) {
		ask_poll(p, c->fd, POLLOUT);
		return;
	}
	c->sent = c->len = 0;
	ask_next(p);
}

/* Count one completion and act on it. */
static void complete(const struct io_event *event)
{
	struct peer *p = event->data;
	long res = (long)event->res;

	inflight--;
	switch (p->cb.aio_lio_opcode) {
	case IO_CMD_PREAD:
	case IO_CMD_PREADV:
		tally_request(TALLY_aio_read, res);
		on_read(p, res);
		break;
	case IO_CMD_PWRITE:
	case IO_CMD_PWRITEV:
		tally_request(TALLY_aio_write, res);
		on_write(p, res);
		break;
	default:
		tally_request(TALLY_aio_poll, res);
		if (p->conn)
			on_ready(p);
		else
			accept_some();
	}
}

/* Take completions out of the ring in memory, without a system call; returns their number. */
static int reap(struct io_event *events)
{
	struct ring *r = (struct ring *)context;
	unsigned int head = r->head;
	int n = 0;

	if (r->magic != RING_MAGIC)
		return 0;
	while (n < MAX_EVENTS && head != __atomic_load_n(&r->tail, __ATOMIC_ACQUIRE)) {
		events[n++] = r->events[head];
		head = (head + 1) % r->nr;
	}
	__atomic_store_n(&r->head, head, __ATOMIC_RELEASE);
	return n;
}

/* Wait for completions; returns their number, 0 if the wait was in vain. */
static int wait_events(struct io_event *events)
{
	struct timespec limit = {wait_ms / 1000, wait_ms % 1000 * 1000000};
	int n = user_reap ? reap(events) : 0;

	if (n)
		return n;
	n = (pgetevents ? io_io_pgetevents : io_io_getevents)(context, 1, MAX_EVENTS, events,
							      wait_ms ? &limit : NULL);
	if (n < 0 && errno != EINTR)
		serve_fail("io_getevents");
	return n < 0 ? 0 : n;
}

int main(int argc, char **argv)
{
	struct io_event events[MAX_EVENTS];

	listener_fd = serve_start(argc, argv, options, true);
	if (by_recv && no_poll) {
		errno = EINVAL;
		serve_fail("options");
	}
	errno = -io_setup(MAX_REQUESTS, &context);
	if (errno)
		serve_fail("io_setup");
	ask_poll(&listener, listener_fd, POLLIN);
	while (inflight) {
		int n;

		submit();
		n = wait_events(events);
		for (int i = 0; i < n; i++)
			complete(&events[i]);
	}
	serve_finish();
}
