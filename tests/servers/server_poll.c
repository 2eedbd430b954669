/*
 * Multiplexing with poll: one thread waits for all sockets at once, then reads each ready one.
 *
 * In: the options of serve.h; --ppoll makes ppoll instead of poll. Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <stddef.h>
#include <stdlib.h>

static bool use_ppoll;

static const struct serve_option options[] = {{.name = "ppoll", .flag = &use_ppoll}, {0}};

/* Row 0 is the listener; conns[i] belongs to fds[i]. */
static struct pollfd *fds;
static struct serve_conn **conns;
static size_t n, room;

/* Add a row that waits to read. */
static void add(int fd, struct serve_conn *c)
{
	if (n == room) {
		room = room ? 2 * room : 64;
		fds = realloc(fds, room * sizeof(*fds));
		conns = realloc(conns, room * sizeof(struct serve_conn *));
		if (!fds || !conns)
			serve_fail("realloc");
	}
	fds[n] = (struct pollfd){.fd = fd, .events = POLLIN};
	conns[n++] = c;
}

/* Take one connection; the listener is given up with the last connection. */
static void accept_one(void)
{
	int fd;

	if (serve_full()) {
		fds[0].fd = -1;
		return;
	}
	fd = serve_accept(fds[0].fd);
	if (fd >= 0)
		add(fd, serve_conn_new(fd));
}

/* Echo on the ready sockets; true when the last connection of all was closed. */
static bool serve_ready(void)
{
	bool last = false;

	/* Downwards, so that the row which fills a gap has been seen already. */
	for (size_t i = n - 1; i > 0; i--) {
		enum serve_want want;

		if (!fds[i].revents)
			continue;
		want = serve_pump(conns[i], false);
		fds[i].events = want == SERVE_WRITE ? POLLOUT : POLLIN;
		if (want != SERVE_CLOSE)
			continue;
		last |= serve_conn_end(conns[i]);
		n--;
		fds[i] = fds[n];
		conns[i] = conns[n];
	}
	return last;
}

int main(int argc, char **argv)
{
	add(serve_start(argc, argv, options, true), NULL);
	for (bool last = false; !last && !(serve_stopping() && n == 1);) {
		int ready = use_ppoll ? io_ppoll(fds, n, NULL) : io_poll(fds, n, -1);

		if (ready <= 0)
			continue;
		last = serve_ready();
		if (fds[0].revents)
			accept_one();
	}
	free(fds);
	free(conns);
	serve_finish();
}
