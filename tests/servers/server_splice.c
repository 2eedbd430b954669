/*
 * An edge-triggered echo by splice: from the socket into a pipe of one's own, and back out of it,
 * until EAGAIN. --tee: a copy of all goes through a second pipe to /dev/null.
 *
 * In: the options of serve.h. Out: the tally: what is spliced in is read, what is spliced out is
 * written; to /dev/null nothing is.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MAX_EVENTS = 64, PIECE = 65536, FLAGS = SPLICE_F_MOVE | SPLICE_F_NONBLOCK };

static bool with_copy;
static int null;

static const struct serve_option options[] = {{.name = "tee", .flag = &with_copy}, {0}};

/* A connection, its pipe, with what is held in it, and the pipe for the copy. */
struct splicer {
	struct serve_conn *conn;
	int pipe[2], copy[2];
	size_t held;
};

/* Makes the pipes of a connection. */
static struct splicer *splicer_new(int fd)
{
	static struct splicer all[1024];
	static size_t used;
	struct splicer *s = &all[used++ % 1024];

	*s = (struct splicer){.conn = serve_conn_new(fd)};
	if (pipe2(s->pipe, O_CLOEXEC) || pipe2(s->copy, O_CLOEXEC))
		serve_fail("pipe2");
	return s;
}

/* Takes what the socket has into the pipe; false if it has nothing (any more). */
static bool take(struct splicer *s, bool *ended)
{
	ssize_t n = io_splice(s->conn->fd, NULL, s->pipe[1], NULL, PIECE, FLAGS);

	*ended = n == 0;
	if (n <= 0)
		return false;
	s->held = (size_t)n;
	if (!with_copy)
		return true;
	if (io_tee(s->pipe[0], s->copy[1], s->held, 0) != n ||
	    splice(s->copy[0], NULL, null, NULL, s->held, 0) != n)
		serve_fail("tee");
	return true;
}

/* Echoes until there is nothing more to do; false when the connection has ended. */
static bool pump(struct splicer *s)
{
	bool ended = false;

	do {
		while (s->held) {
			ssize_t n = io_splice_write(s->pipe[0], NULL, s->conn->fd, NULL, s->held,
						    FLAGS);

			if (n <= 0)
				return n < 0 && errno == EAGAIN;
			s->held -= (size_t)n;
		}
	} while (take(s, &ended));
	return !ended;
}

/* Registers a descriptor, edge-triggered. */
static void watch(int epfd, int fd, struct splicer *s)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = s};

	if (io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		serve_fail("epoll_ctl");
}

/* Serves what is ready. */
static void serve_event(int epfd, int lfd, struct splicer *s)
{
	int fd;

	if (!s) {
		while (!serve_full() && (fd = serve_accept(lfd)) >= 0)
			watch(epfd, fd, splicer_new(fd));
		return;
	}
	if (pump(s))
		return;
	for (int i = 0; i < 2; i++) {
		close(s->pipe[i]);
		close(s->copy[i]);
	}
	if (serve_conn_end(s->conn))
		serve_stop();
}

int main(int argc, char **argv)
{
	int lfd = serve_start(argc, argv, options, true), epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[MAX_EVENTS];

	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (epfd < 0 || null < 0)
		serve_fail("open");
	watch(epfd, lfd, NULL);
	while (!serve_stopping()) {
		int n = io_epoll_wait(epfd, events, MAX_EVENTS, -1);

		for (int i = 0; i < n; i++)
			serve_event(epfd, lfd, events[i].data.ptr);
	}
	serve_finish();
}
