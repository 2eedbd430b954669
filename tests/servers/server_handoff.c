/*
 * A poller plus workers: main waits in epoll_wait and accepts; each connection that is ready is
 * handed, by way of a queue, to whichever worker is free, which reads until EAGAIN and arms it
 * anew.
 *
 * In: the options of serve.h, --threads N workers (4). Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_THREADS 256
#define MAX_EVENTS  64
#define MAX_QUEUE   65536 /* no more than connections, since each is armed for one event */

static long threads = 4;
static int epfd, wake_fd;
static _Atomic long open_conns;

static struct serve_conn *queue[MAX_QUEUE];
static size_t head, tail;
static bool done;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

static const struct serve_option options[] = {{.name = "threads", .number = &threads}, {0}};

/* Register, or change, what fd waits for, or exit. */
static void control(int op, int fd, uint32_t events, void *ptr)
{
	struct epoll_event ev = {.events = events, .data.ptr = ptr};

	if (io_epoll_ctl(epfd, op, fd, &ev))
		serve_fail("epoll_ctl");
}

/* Hand a connection to the workers. */
static void put(struct serve_conn *c)
{
	pthread_mutex_lock(&lock);
	queue[tail++ % MAX_QUEUE] = c;
	pthread_cond_signal(&filled);
	pthread_mutex_unlock(&lock);
}

/* Wait for a connection that is ready; NULL at the end. */
static struct serve_conn *take(void)
{
	struct serve_conn *c = NULL;

	pthread_mutex_lock(&lock);
	while (head == tail && !done)
		pthread_cond_wait(&filled, &lock);
	if (head != tail)
		c = queue[head++ % MAX_QUEUE];
	pthread_mutex_unlock(&lock);
	return c;
}

/* Close a connection; the last one wakes main, which may have nothing else to wait for. */
static void end(struct serve_conn *c)
{
	static const uint64_t one = 1;

	serve_conn_end(c);
	if (atomic_fetch_sub(&open_conns, 1) == 1 && serve_full())
		io_write(wake_fd, &one, sizeof(one));
}

/* One worker: echo on what is ready, and arm it anew. */
static void *work(void *arg)
{
	struct serve_conn *c;

	while ((c = take())) {
		enum serve_want want = serve_pump(c, true);

		if (want == SERVE_CLOSE)
			end(c);
		else
			control(EPOLL_CTL_MOD, c->fd,
				(want == SERVE_WRITE ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT, c);
	}
	return arg;
}

/* Accept one connection; false when no more are to come. */
static bool accept_one(int lfd)
{
	struct serve_conn *c;
	int fd;

	if (!serve_full()) {
		fd = serve_accept(lfd);
		if (fd >= 0) {
			c = serve_conn_new(fd);
			atomic_fetch_add(&open_conns, 1);
			control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLONESHOT, c);
		}
	}
	if (!serve_full())
		return true;
	control(EPOLL_CTL_DEL, lfd, 0, NULL);
	return false;
}

/* The poller's loop: until no connection is there and none is to come. */
static void poll_all(int lfd)
{
	struct epoll_event events[MAX_EVENTS];
	bool listening = true;

	while (listening || atomic_load(&open_conns)) {
		int n = io_epoll_wait(epfd, events, MAX_EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &wake_fd)
				continue;
			if (events[i].data.ptr)
				put(events[i].data.ptr);
			else if (listening)
				listening = accept_one(lfd);
		}
	}
}

int main(int argc, char **argv)
{
	pthread_t pool[MAX_THREADS];
	int lfd = serve_start(argc, argv, options, true);

	if (threads < 1 || threads > MAX_THREADS) {
		errno = EINVAL;
		serve_fail("--threads");
	}
	epfd = epoll_create1(EPOLL_CLOEXEC);
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (epfd < 0 || wake_fd < 0)
		serve_fail("epoll_create1, eventfd");
	control(EPOLL_CTL_ADD, lfd, EPOLLIN, NULL);
	control(EPOLL_CTL_ADD, wake_fd, EPOLLIN | EPOLLET, &wake_fd);
	for (long i = 0; i < threads; i++) {
		errno = pthread_create(&pool[i], NULL, work, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	poll_all(lfd);
	pthread_mutex_lock(&lock);
	done = true;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&lock);
	for (long i = 0; i < threads; i++)
		pthread_join(pool[i], NULL);
	serve_finish();
}
