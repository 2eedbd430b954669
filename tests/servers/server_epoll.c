/*
 * Multiplexing with epoll, level-triggered (one read per event) or edge-triggered (until EAGAIN).
 *
 * In: the options of serve.h; --et; --pwait or --pwait2 for the other two wait calls; --workers N
 * threads, each with its own epoll instance, on one shared listener or (--reuseport) on their own.
 * Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_WORKERS 256
#define MAX_EVENTS  128

static bool edge, pwait, pwait2, reuseport;
static long workers = 1;

static const struct serve_option options[] = {
	{.name = "et", .flag = &edge},		 {.name = "pwait", .flag = &pwait},
	{.name = "pwait2", .flag = &pwait2},	 {.name = "reuseport", .flag = &reuseport},
	{.name = "workers", .number = &workers}, {0},
};

/* One thread, its epoll instance and its listener; listening: it may accept from it. */
struct worker {
	pthread_t thread;
	int epfd, lfd;
	bool listening;
	long open_conns;
};

/* Register, or change, what fd waits for, or exit. */
static void control(struct worker *w, int op, int fd, uint32_t events, void *ptr)
{
	struct epoll_event ev = {.events = events, .data.ptr = ptr};

	if (io_epoll_ctl(w->epfd, op, fd, &ev))
		serve_fail("epoll_ctl");
}

/* Wait for events without a timeout, by the call that the options name. */
static int wait_events(struct worker *w, struct epoll_event *events)
{
	if (pwait2)
		return io_epoll_pwait2(w->epfd, events, MAX_EVENTS, NULL);
	if (pwait)
		return io_epoll_pwait(w->epfd, events, MAX_EVENTS, -1);
	return io_epoll_wait(w->epfd, events, MAX_EVENTS, -1);
}

/*
 * Take no more connections. A worker among others still has to see the listener hang up when the
 * last connection is closed, which is reported without being asked for.
 */
static void leave_listener(struct worker *w)
{
	if (w->listening)
		control(w, EPOLL_CTL_DEL, w->lfd, 0, NULL);
	if (w->listening && workers > 1 && !serve_stopping())
		control(w, EPOLL_CTL_ADD, w->lfd, EPOLLET, NULL);
	w->listening = false;
}

/* Accept one connection, or, edge-triggered, all that are there. */
static void accept_some(struct worker *w)
{
	do {
		struct serve_conn *c;
		int fd;

		if (serve_full()) {
			leave_listener(w);
			return;
		}
		fd = serve_accept(w->lfd);
		if (fd < 0)
			return;
		c = serve_conn_new(fd);
		w->open_conns++;
		control(w, EPOLL_CTL_ADD, fd,
			edge ? EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET : EPOLLIN, c);
	} while (edge);
}

/* Echo on a ready connection; level-triggered, change what it waits for if need be. */
static void serve_one(struct worker *w, struct serve_conn *c)
{
	bool pending = c->len > 0;
	enum serve_want want = serve_pump(c, edge);

	if (want == SERVE_CLOSE) {
		w->open_conns--;
		if (serve_conn_end(c))
			serve_stop();
	} else if (!edge && pending != (want == SERVE_WRITE)) {
		control(w, EPOLL_CTL_MOD, c->fd, pending ? EPOLLIN : EPOLLOUT, c);
	}
}

/* One worker's loop: until the stop, and then until its connections are closed. */
static void *work(void *arg)
{
	struct epoll_event events[MAX_EVENTS];
	struct worker *w = arg;

	control(w, EPOLL_CTL_ADD, w->lfd,
		EPOLLIN | (edge ? EPOLLET : 0) |
			(workers > 1 && !reuseport ? (uint32_t)EPOLLEXCLUSIVE : 0),
		NULL);
	w->listening = true;
	while (!serve_stopping() || w->open_conns) {
		int n = wait_events(w, events);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr)
				serve_one(w, events[i].data.ptr);
			else
				accept_some(w);
		}
	}
	close(w->epfd);
	return NULL;
}

/* Make a worker's epoll instance, and its listener if each has its own. */
static void init_worker(struct worker *w, int lfd)
{
	w->lfd = lfd < 0 ? serve_listen(&serve.port, reuseport, true) : lfd;
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epfd < 0)
		serve_fail("epoll_create1");
}

int main(int argc, char **argv)
{
	static struct worker w[MAX_WORKERS];
	int i = serve_parse(argc, argv, options);

	if (i < argc || workers < 1 || workers > MAX_WORKERS) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	serve_signals();
	for (i = 0; i < workers; i++)
		init_worker(&w[i], i && !reuseport ? w[0].lfd : -1);
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	for (i = 1; i < workers; i++) {
		errno = pthread_create(&w[i].thread, NULL, work, &w[i]);
		if (errno)
			serve_fail("pthread_create");
	}
	work(&w[0]);
	for (i = 1; i < workers; i++)
		pthread_join(w[i].thread, NULL);
	serve_finish();
}
