/*
 * Asynchronous I/O by io_uring: requests go into one ring, their completions come out of another.
 *
 * In: the options of serve.h, and
 *   --how recv|read|readv|recvmsg  which request reads (and send, write, writev, sendmsg writes);
 *   --multishot            one accept and one recv per socket, completed again and again, into
 *                          buffers that the kernel takes from a ring of them;
 *   --poll oneshot|multi   the ring tells readiness only; the reads are system calls;
 *   --sqpoll               a kernel thread takes the requests;
 *   --busy                 look at the completion ring all the time, never sleep in the kernel;
 *   --defer                completions are made only inside io_uring_enter;
 *   --iowq                 the reads go straight to the kernel's worker threads;
 *   --linked-timeout MS    each read has a time limit, and is asked for again when it is over;
 *   --wait-ms MS           io_uring_enter gives up after this time, and is called again.
 * Out: the tally; its rows uring_X are requests, counted from the completion ring.
 */
#define _GNU_SOURCE
#include "ring.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NONE	 (-1)
#define TAG_MASK 7UL

/* What a completion is of: the low bits of its user_data, beside a peer. */
enum tag { TAG_ACCEPT, TAG_READ, TAG_WRITE, TAG_POLL, TAG_OTHER };

/* A connection, its requests under way, and the buffers (multishot) yet to be written back. */
struct peer {
	struct serve_conn *conn;
	int pending;
	bool closing, writing;
	struct iovec iov[2];
	struct msghdr msg;
	int first, last;
	struct peer *next; /* in the list of the starved */
} __attribute__((aligned(TAG_MASK + 1)));

static const char *how = "recv", *polling;
static bool multishot, sqpoll, busy, defer, iowq;
static long linked_ms, wait_ms;

static const struct serve_option options[] = {
	{.name = "how", .text = &how},
	{.name = "poll", .text = &polling},
	{.name = "multishot", .flag = &multishot},
	{.name = "sqpoll", .flag = &sqpoll},
	{.name = "busy", .flag = &busy},
	{.name = "defer", .flag = &defer},
	{.name = "iowq", .flag = &iowq},
	{.name = "linked-timeout", .number = &linked_ms},
	{.name = "wait-ms", .number = &wait_ms},
	{0},
};

static struct __kernel_timespec linked;
static long inflight;
static int listener;
static bool listening;

/* The buffers that hold data: its length, and the next one of the same connection. */
static struct {
	int len, next;
} chunks[RING_BUFFERS];
static struct peer *starved;

/* A request has been prepared: say what it is, and count it as under way. */
static void tag(struct io_uring_sqe *sqe, struct peer *p, enum tag t)
{
	io_uring_sqe_set_data64(sqe, (uintptr_t)p | t);
	inflight++;
	if (p)
		p->pending++;
}

/* Point the message and its two halves at len bytes. */
static void point(struct peer *p, char *buf, size_t len)
{
	p->iov[0] = (struct iovec){buf, len / 2};
	p->iov[1] = (struct iovec){buf + len / 2, len - len / 2};
	p->msg = (struct msghdr){.msg_iov = p->iov, .msg_iovlen = 2};
}

/* Ask for the next bytes of a connection. */
static void ask_read(struct peer *p)
{
	struct io_uring_sqe *sqe = ring_take();
	struct serve_conn *c = p->conn;
	unsigned int size = (unsigned int)serve.size;

	point(p, c->buf, size);
	if (multishot) {
		io_uring_prep_recv_multishot(sqe, c->fd, NULL, 0, 0);
		sqe->flags |= IOSQE_BUFFER_SELECT;
		sqe->buf_group = RING_GROUP;
	} else if (!strcmp(how, "read")) {
		io_uring_prep_read(sqe, c->fd, c->buf, size, 0);
	} else if (!strcmp(how, "readv")) {
		io_uring_prep_readv(sqe, c->fd, p->iov, 2, 0);
	} else if (!strcmp(how, "recvmsg")) {
		io_uring_prep_recvmsg(sqe, c->fd, &p->msg, 0);
	} else {
		io_uring_prep_recv(sqe, c->fd, c->buf, size, 0);
	}
	if (iowq)
		sqe->flags |= IOSQE_ASYNC;
	if (linked_ms)
		sqe->flags |= IOSQE_IO_LINK;
	tag(sqe, p, TAG_READ);
	if (linked_ms) {
		sqe = ring_take();
		io_uring_prep_link_timeout(sqe, &linked, 0);
		tag(sqe, p, TAG_OTHER);
	}
}

/* Ask for len bytes to be written. */
static void ask_write(struct peer *p, char *buf, size_t len)
{
	struct io_uring_sqe *sqe = ring_take();
	int fd = p->conn->fd;

	point(p, buf, len);
	if (!strcmp(how, "read"))
		io_uring_prep_write(sqe, fd, buf, (unsigned int)len, 0);
	else if (!strcmp(how, "readv"))
		io_uring_prep_writev(sqe, fd, p->iov, 2, 0);
	else if (!strcmp(how, "recvmsg"))
		io_uring_prep_sendmsg(sqe, fd, &p->msg, MSG_NOSIGNAL);
	else
		io_uring_prep_send(sqe, fd, buf, len, MSG_NOSIGNAL);
	p->writing = true;
	tag(sqe, p, TAG_WRITE);
}

/* Ask to be told when a descriptor is ready; p is NULL for the listener. */
static void ask_poll(struct peer *p, int fd, unsigned int events)
{
	struct io_uring_sqe *sqe = ring_take();

	if (!strcmp(polling, "multi"))
		io_uring_prep_poll_multishot(sqe, fd, events);
	else
		io_uring_prep_poll_add(sqe, fd, events);
	tag(sqe, p, TAG_POLL);
}

/* Ask for the request with this peer and tag to be cancelled. */
static void ask_cancel(struct peer *p, enum tag t)
{
	struct io_uring_sqe *sqe = ring_take();

	io_uring_prep_cancel64(sqe, (uintptr_t)p | t, 0);
	tag(sqe, p, TAG_OTHER);
}

/* Ask for a connection, or for all that come, if one more is allowed. */
static void ask_accept(void)
{
	struct io_uring_sqe *sqe;

	listening = polling || multishot ? !serve_full() : serve_ticket();
	if (!listening)
		return;
	if (polling) {
		ask_poll(NULL, listener, POLLIN);
		return;
	}
	sqe = ring_take();
	if (multishot)
		io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
	else
		io_uring_prep_accept(sqe, listener, NULL, NULL, SOCK_CLOEXEC);
	tag(sqe, NULL, TAG_ACCEPT);
}

/* A buffer holds no more data: give it back, and go on with a connection that lacked one. */
static void free_buffer(int b)
{
	struct peer *p = starved;

	ring_return_buffer(b);
	if (!p)
		return;
	starved = p->next;
	ask_read(p);
}

/* Begin to close: what is under way on the connection must end first. */
static void close_peer(struct peer *p, bool poll_goes_on)
{
	p->closing = true;
	/* Ends what still reads or writes on it. */
	shutdown(p->conn->fd, SHUT_RDWR);
	if (poll_goes_on)
		ask_cancel(p, TAG_POLL);
}

/* Free a connection that is closing and has nothing under way. */
static void reap(struct peer *p)
{
	struct peer **link = &starved;

	if (!p->closing || p->pending)
		return;
	while (*link && *link != p)
		link = &(*link)->next;
	if (*link)
		*link = p->next;
	while (p->first != NONE) {
		int b = p->first;

		p->first = chunks[b].next;
		free_buffer(b);
	}
	serve_conn_end(p->conn);
	free(p);
}

/* Begin with a new connection, or exit. */
static void start(int fd)
{
	struct peer *p = aligned_alloc(_Alignof(struct peer), sizeof(*p));

	if (!p)
		serve_fail("malloc");
	*p = (struct peer){.conn = serve_conn_new(fd), .first = NONE, .last = NONE};
	if (!polling)
		ask_read(p);
	else
		ask_poll(p, fd, strcmp(polling, "multi") ? POLLIN : POLLIN | POLLOUT | POLLRDHUP);
}

/* A connection came, or cannot come; more: the request goes on. */
static void on_accept(int res, bool more)
{
	if (res >= 0 && (!multishot || serve_ticket()))
		start(res);
	else if (res >= 0)
		close(res);
	else if (!multishot)
		serve_ticket_return();
	if (!more)
		ask_accept();
	else if (listening && serve_full()) {
		listening = false;
		ask_cancel(NULL, TAG_ACCEPT);
	}
}

/* The listener is ready; more: the request goes on. */
static void on_listener(int res, bool more)
{
	int fd = NONE;

	while (res > 0 && !serve_full() && (fd = serve_accept(listener)) >= 0)
		start(fd);
	if (!more)
		ask_accept();
	else if (listening && serve_full()) {
		listening = false;
		ask_cancel(NULL, TAG_POLL);
	}
}

/* Write the oldest buffer of a connection that still holds data. */
static void write_chunk(struct peer *p)
{
	struct serve_conn *c = p->conn;

	if (p->writing || p->closing || p->first == NONE)
		return;
	ask_write(p, ring_buffer(p->first) + c->sent, (size_t)chunks[p->first].len - c->sent);
}

/* A multishot read brought a buffer with res bytes, the end, or an error. */
static void on_chunk(struct peer *p, int res, unsigned int flags)
{
	bool more = flags & IORING_CQE_F_MORE;

	if (flags & IORING_CQE_F_BUFFER)
		ring_buffers_free--;
	if (res > 0) {
		int b = (int)(flags >> IORING_CQE_BUFFER_SHIFT);

		chunks[b].len = res;
		chunks[b].next = NONE;
		if (p->first == NONE)
			p->first = b;
		else
			chunks[p->last].next = b;
		p->last = b;
		serve_compute();
		write_chunk(p);
	} else if (flags & IORING_CQE_F_BUFFER) {
		free_buffer((int)(flags >> IORING_CQE_BUFFER_SHIFT));
	}
	if (more || p->closing)
		return;
	if (res > 0 || (res == -ENOBUFS && ring_buffers_free)) {
		ask_read(p);
	} else if (res == -ENOBUFS) {
		p->next = starved;
		starved = p;
	} else {
		close_peer(p, false);
	}
}

/* A read brought res bytes, the end, or an error. */
static void on_read(struct peer *p, int res, unsigned int flags)
{
	struct serve_conn *c = p->conn;

	if (multishot) {
		on_chunk(p, res, flags);
	} else if (res > 0) {
		c->len = (size_t)res;
		c->sent = 0;
		serve_compute();
		ask_write(p, c->buf, c->len);
	} else if (linked_ms && (res == -ECANCELED || res == -EINTR) && !serve_stopping()) {
		ask_read(p);
	} else {
		close_peer(p, false);
	}
}

/* A write took res bytes, or failed. */
static void on_write(struct peer *p, int res)
{
	struct serve_conn *c = p->conn;
	size_t len = multishot ? (size_t)chunks[p->first].len : c->len;

	p->writing = false;
	if (p->closing)
		return;
	if (res < 0) {
		close_peer(p, false);
		return;
	}
	c->sent += (size_t)res;
	if (!multishot) {
		if (c->sent < len)
			ask_write(p, c->buf + c->sent, len - c->sent);
		else
			ask_read(p);
		return;
	}
	if (c->sent == len) {
		int b = p->first;

		c->sent = 0;
		p->first = chunks[b].next;
		free_buffer(b);
	}
	write_chunk(p);
}

/* A connection is ready: serve it by system calls; more: the request goes on. */
static void on_ready(struct peer *p, bool more)
{
	enum serve_want want;

	if (p->closing)
		return;
	want = serve_pump(p->conn, more);
	if (want == SERVE_CLOSE)
		close_peer(p, more);
	else if (!more && strcmp(polling, "multi"))
		ask_poll(p, p->conn->fd, want == SERVE_READ ? POLLIN : POLLOUT);
	else if (!more)
		ask_poll(p, p->conn->fd, POLLIN | POLLOUT | POLLRDHUP);
}

/* Count one completion and act on it. */
static void complete(const struct io_uring_cqe *cqe)
{
	static const enum tally_call rows[] = {TALLY_uring_accept, TALLY_uring_read,
					       TALLY_uring_write, TALLY_uring_poll,
					       TALLY_uring_other};
	enum tag t = cqe->user_data & TAG_MASK;
	struct peer *p = (struct peer *)(uintptr_t)(cqe->user_data & ~TAG_MASK);
	bool more = cqe->flags & IORING_CQE_F_MORE;

	tally_request(rows[t], cqe->res);
	inflight -= !more;
	if (!p) {
		if (t == TAG_ACCEPT)
			on_accept(cqe->res, more);
		else if (t == TAG_POLL)
			on_listener(cqe->res, more);
		return;
	}
	p->pending -= !more;
	if (t == TAG_READ)
		on_read(p, cqe->res, cqe->flags);
	else if (t == TAG_WRITE)
		on_write(p, cqe->res);
	else if (t == TAG_POLL)
		on_ready(p, more);
	reap(p);
}

/* Are the options ones that go together? */
static bool sensible(void)
{
	bool known = !strcmp(how, "recv") || !strcmp(how, "read") || !strcmp(how, "readv") ||
		     !strcmp(how, "recvmsg");
	known &= !polling || !strcmp(polling, "oneshot") || !strcmp(polling, "multi");
	return known && !(busy && (defer || wait_ms)) && !(sqpoll && defer) &&
	       !(multishot && (polling || linked_ms || iowq));
}

int main(int argc, char **argv)
{
	listener = serve_start(argc, argv, options, false);
	if (!sensible()) {
		errno = EINVAL;
		serve_fail("options");
	}
	if (polling && fcntl(listener, F_SETFL, O_RDWR | O_NONBLOCK))
		serve_fail("fcntl");
	linked = (struct __kernel_timespec){linked_ms / 1000, linked_ms % 1000 * 1000000};
	ring_open(sqpoll, defer, wait_ms);
	if (multishot)
		ring_open_buffers(serve.size);
	ask_accept();
	while (inflight) {
		unsigned int head, n = 0;
		struct io_uring_cqe *cqe;

		ring_enter(!busy && !io_uring_cq_ready(&ring));
		io_uring_for_each_cqe(&ring, head, cqe)
		{
			complete(cqe);
			n++;
		}
		io_uring_cq_advance(&ring, n);
	}
	serve_finish();
}
