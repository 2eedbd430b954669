/*
 * The rarer kinds of epoll: one-shot and exclusive registrations, several sets in one process, sets
 * within a set or under poll, a set that several threads wait on, sockets in two sets, duplicates.
 *
 * In: the options of serve.h; --et; --oneshot; --exclusive; --sets N (1) that connections are
 * spread over, waited for through one more set (--outer-et: which watches them edge-triggered) or,
 * with --by-poll, by poll; --twice: each connection is in a further set too, which nobody waits on
 * and which is triggered the other way; --dup: connections are registered by another descriptor
 * than they are read by; --threads N (1) that all wait on one set; --pwait2.
 * Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_SETS    64
#define MAX_THREADS 64
#define MAX_EVENTS  128
#define MAX_FDS	    4096
#define NO_WAITING  0
#define FOR_EVER    -1

static bool edge, oneshot, exclusive, outer_edge, by_poll, twice, duplicate, pwait2;
static long set_count = 1, threads = 1;

static const struct serve_option options[] = {
	{.name = "et", .flag = &edge},
	{.name = "oneshot", .flag = &oneshot},
	{.name = "exclusive", .flag = &exclusive},
	{.name = "outer-et", .flag = &outer_edge},
	{.name = "by-poll", .flag = &by_poll},
	{.name = "twice", .flag = &twice},
	{.name = "dup", .flag = &duplicate},
	{.name = "pwait2", .flag = &pwait2},
	{.name = "sets", .number = &set_count},
	{.name = "threads", .number = &threads},
	{0},
};

/* The outer set watches the listener and, if there is only one, the connections too. */
static int outer, sets[MAX_SETS], other, lfd, wake_fd;
static int registered[MAX_FDS]; /* the descriptor by which a connection is in its set */
static _Atomic long open_conns;
static _Atomic bool listening = true, over;

/* Register, or change, what fd waits for in a set, or exit. */
static void control(int set, int op, int fd, uint32_t events, void *ptr)
{
	struct epoll_event ev = {.events = events, .data.ptr = ptr};

	if (io_epoll_ctl(set, op, fd, &ev))
		serve_fail("epoll_ctl");
}

/* The set that a connection is in. */
static int set_of(int fd)
{
	return sets[fd % set_count];
}

/* What a connection waits for, pending: with bytes to write. */
static uint32_t events_of(bool pending)
{
	uint32_t events = edge ? EPOLLIN | EPOLLOUT | EPOLLET : pending ? EPOLLOUT : EPOLLIN;

	if (oneshot)
		events |= EPOLLONESHOT;
	return events | (exclusive ? (uint32_t)EPOLLEXCLUSIVE : 0);
}

/* Which thread has served last; the others are waited for, so that it depends on no scheduler
 * whether several serve. */
static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_over = PTHREAD_COND_INITIALIZER;
static const void *served_last;

/* Let the others serve before this thread, `me`, does again. */
static void take_turns(const void *me)
{
	pthread_mutex_lock(&turn_lock);
	served_last = me;
	pthread_cond_broadcast(&turn_over);
	while (served_last == me && !over)
		pthread_cond_wait(&turn_over, &turn_lock);
	pthread_mutex_unlock(&turn_lock);
}

/* Nothing is left to do: let all threads know. */
static void finish_if_done(void)
{
	static const uint64_t one = 1;

	if (listening || open_conns || atomic_exchange(&over, true))
		return;
	if (threads == 1)
		return;
	/* It is never read, so whoever waits is told. */
	io_write(wake_fd, &one, sizeof(one));
	pthread_mutex_lock(&turn_lock);
	pthread_cond_broadcast(&turn_over);
	pthread_mutex_unlock(&turn_lock);
}

/* Put a new connection into its set, or sets. */
static void add_connection(int fd)
{
	struct serve_conn *c;
	int number = duplicate ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : fd;

	if (number >= 0 && number < MAX_FDS)
		registered[number] = fd;
	else
		serve_fail("too many connections");
	c = serve_conn_new(number);
	open_conns++;
	/* The kernel finds the latest registration first. */
	control(set_of(number), EPOLL_CTL_ADD, fd, events_of(false), c);
	if (twice)
		control(other, EPOLL_CTL_ADD, fd, edge ? EPOLLIN : EPOLLIN | EPOLLET, NULL);
}

/* Accept one connection; with the last one, listen no more. */
static void accept_one(void)
{
	int fd = serve_full() ? -1 : serve_accept(lfd);

	if (fd >= 0)
		add_connection(fd);
	if (serve_full()) {
		if (atomic_exchange(&listening, false) && !by_poll)
			control(outer, EPOLL_CTL_DEL, lfd, 0, NULL);
		finish_if_done();
	} else if (!by_poll && threads > 1) {
		control(outer, EPOLL_CTL_MOD, lfd, EPOLLIN | EPOLLONESHOT, NULL);
	}
}

/* Echo on a ready connection, and arm it anew if need be. */
static void serve_one(struct serve_conn *c)
{
	bool pending = c->len > 0;
	enum serve_want want = serve_pump(c, edge);
	int fd = registered[c->fd];

	if (want == SERVE_CLOSE) {
		if (fd != c->fd)
			close(fd);
		serve_conn_end(c);
		open_conns--;
		finish_if_done();
	} else if (exclusive && !edge && pending != (want == SERVE_WRITE)) {
		/* Such a registration cannot be changed. */
		control(set_of(c->fd), EPOLL_CTL_DEL, fd, 0, NULL);
		control(set_of(c->fd), EPOLL_CTL_ADD, fd, events_of(!pending), c);
	} else if (oneshot || (!edge && pending != (want == SERVE_WRITE))) {
		control(set_of(c->fd), EPOLL_CTL_MOD, fd, events_of(want == SERVE_WRITE), c);
	}
}

/* Wait for events by the call that the options name. */
static int wait_events(int set, struct epoll_event *events, int timeout)
{
	static const struct timespec none;

	if (pwait2)
		return io_epoll_pwait2(set, events, MAX_EVENTS, timeout ? NULL : &none);
	return io_epoll_wait(set, events, MAX_EVENTS, timeout);
}

/* Serve what is ready in a set that another one, or poll, has called ready. */
static void serve_set(int set)
{
	struct epoll_event events[MAX_EVENTS];
	int n;

	do {
		n = wait_events(set, events, NO_WAITING);
		for (int i = 0; i < n; i++)
			serve_one(events[i].data.ptr);
		/* Edge-triggered, the outer set says nothing of what is left. */
	} while (n > 0 && outer_edge);
}

/* Do what an event of the outer set is about. */
static void serve_event(void *ptr)
{
	if (!ptr) {
		if (listening)
			accept_one();
	} else if (ptr >= (void *)sets && ptr < (void *)(sets + set_count)) {
		serve_set(*(int *)ptr);
	} else if (ptr != &wake_fd) {
		serve_one(ptr);
	}
}

/* Wait by poll for the listener and the sets, and serve them. */
static void poll_sets(void)
{
	struct pollfd p[MAX_SETS + 1] = {{.fd = lfd, .events = POLLIN}};
	int n;

	for (long i = 0; i < set_count; i++)
		p[i + 1] = (struct pollfd){.fd = sets[i], .events = POLLIN};
	p[0].fd = listening ? lfd : -1;
	n = io_poll(p, (nfds_t)set_count + 1, FOR_EVER);
	if (n <= 0)
		return;
	if (p[0].revents)
		accept_one();
	for (long i = 0; i < set_count; i++)
		if (p[i + 1].revents)
			serve_set(sets[i]);
}

/* One thread's loop: until no connection is there and none is to come. */
static void *work(void *arg)
{
	struct epoll_event events[MAX_EVENTS];

	while (!over) {
		int n = by_poll ? 0 : wait_events(outer, events, FOR_EVER);

		if (by_poll)
			poll_sets();
		for (int i = 0; i < n; i++)
			serve_event(events[i].data.ptr);
		if (threads > 1 && n > 0)
			take_turns(events);
		/* A stop that came while nobody was connected. */
		if (serve_stopping() && n < 0 && threads == 1 && listening)
			accept_one();
	}
	return arg;
}

/* Make the sets, and register what is there from the start. */
static void prepare(void)
{
	bool inner = set_count > 1 || outer_edge || by_poll;

	outer = epoll_create1(EPOLL_CLOEXEC);
	other = epoll_create1(EPOLL_CLOEXEC);
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (outer < 0 || other < 0 || wake_fd < 0)
		serve_fail("epoll_create1, eventfd");
	for (long i = 0; i < set_count; i++) {
		sets[i] = inner ? epoll_create1(EPOLL_CLOEXEC) : outer;
		if (sets[i] < 0)
			serve_fail("epoll_create1");
		if (inner && !by_poll)
			control(outer, EPOLL_CTL_ADD, sets[i], EPOLLIN | (outer_edge ? EPOLLET : 0),
				&sets[i]);
	}
	if (threads > 1)
		control(outer, EPOLL_CTL_ADD, wake_fd, EPOLLIN, &wake_fd);
	if (!by_poll)
		control(outer, EPOLL_CTL_ADD, lfd, EPOLLIN | (threads > 1 ? EPOLLONESHOT : 0),
			NULL);
}

int main(int argc, char **argv)
{
	pthread_t thread[MAX_THREADS];

	lfd = serve_start(argc, argv, options, true);
	if (set_count < 1 || set_count > MAX_SETS || threads < 1 || threads > MAX_THREADS ||
	    (oneshot && exclusive) ||
	    (threads > 1 && (!oneshot || twice || set_count > 1 || by_poll))) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	prepare();
	for (long i = 1; i < threads; i++) {
		errno = pthread_create(&thread[i], NULL, work, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	work(NULL);
	for (long i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	serve_finish();
}
