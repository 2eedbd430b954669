/*
 * What watching costs: TCP connections on loopback, some of them active, watched by select, poll
 * or epoll; round after round one byte is sent to each active one, all are waited for by one call,
 * and what is ready is read.
 *
 * In: the options of serve.h; --how LIST of select,poll,epoll,epoll-et (default: all), taken in
 * turn, a batch of rounds each, so that what disturbs the machine disturbs all; --idle N, --active
 * N connections (0, 1); --batches N per method (20), --rounds N per batch (50). Out: the port file
 * when all connections are there, and at the end on stdout, per method, the median CPU time (ns) of
 * a round and its median by the wall clock: NAME_cpu_ns=, NAME_wall_ns=, and watched=, the number
 * of connections. select is left out (NAME_cpu_ns=-1) if one does not fit.
 *
 * The peers of the idle connections are held by a child, since a process may not have that many
 * files.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_BATCHES 1000
#define FILES_SPARE 32 /* beside the connections */

/* One way to wait: prepare and undo are not timed, wait fills `ready` and returns how many. */
struct method {
	const char *name;
	void (*prepare)(void);
	long (*wait)(void);
	void (*undo)(void);
	bool chosen;
	int64_t cpu_ns[MAX_BATCHES], wall_ns[MAX_BATCHES];
};

static const char *how = "select,poll,epoll,epoll-et";
static long idle, active = 1, batches = 20, rounds = 50;

static const struct serve_option options[] = {
	{.name = "how", .text = &how},	       {.name = "idle", .number = &idle},
	{.name = "active", .number = &active}, {.name = "batches", .number = &batches},
	{.name = "rounds", .number = &rounds}, {0},
};

/* The watched connections, the active ones last; their peers; what the last wait found. */
static int *watched, *peers, *ready;
static long nwatched;

static fd_set all, found;
static struct pollfd *fds;
static struct epoll_event *events;
static int top, epfd;

/* Nothing to undo. */
static void nothing(void)
{
}

static void prepare_select(void)
{
	FD_ZERO(&all);
	for (long i = 0; i < nwatched; i++)
		FD_SET(watched[i], &all);
}

/* The whole set is copied in, copied out, and looked through. */
static long wait_select(void)
{
	long n = 0;

	found = all;
	if (io_pselect6(top + 1, &found, NULL, NULL, NULL) < 0)
		serve_fail("pselect6");
	for (long i = 0; i < nwatched; i++)
		if (FD_ISSET(watched[i], &found))
			ready[n++] = watched[i];
	return n;
}

static void prepare_poll(void)
{
	for (long i = 0; i < nwatched; i++)
		fds[i] = (struct pollfd){.fd = watched[i], .events = POLLIN};
}

static long wait_poll(void)
{
	int left = io_poll(fds, (nfds_t)nwatched, -1);
	long n = 0;

	if (left < 0)
		serve_fail("poll");
	for (long i = 0; left && i < nwatched; i++) {
		if (!fds[i].revents)
			continue;
		ready[n++] = fds[i].fd;
		left--;
	}
	return n;
}

/* Register all connections. */
static void prepare_epoll_as(uint32_t flags)
{
	epfd = epoll_create1(EPOLL_CLOEXEC);
	for (long i = 0; i < nwatched; i++) {
		struct epoll_event ev = {.events = EPOLLIN | flags, .data.fd = watched[i]};

		if (epfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, watched[i], &ev))
			serve_fail("epoll_ctl");
	}
}

static void prepare_epoll(void)
{
	prepare_epoll_as(0);
}

static void prepare_epoll_et(void)
{
	prepare_epoll_as(EPOLLET);
}

static long wait_epoll(void)
{
	int n = io_epoll_wait(epfd, events, (int)active, -1);

	if (n < 0)
		serve_fail("epoll_wait");
	for (int i = 0; i < n; i++)
		ready[i] = events[i].data.fd;
	return n;
}

static void undo_epoll(void)
{
	close(epfd);
}

static struct method methods[] = {
	{.name = "select", .prepare = prepare_select, .wait = wait_select, .undo = nothing},
	{.name = "poll", .prepare = prepare_poll, .wait = wait_poll, .undo = nothing},
	{.name = "epoll", .prepare = prepare_epoll, .wait = wait_epoll, .undo = undo_epoll},
	{.name = "epoll-et", .prepare = prepare_epoll_et, .wait = wait_epoll, .undo = undo_epoll},
};

#define NMETHODS (sizeof(methods) / sizeof(methods[0]))

/* A clock in ns. */
static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Raise the limit of open files to what the connections need, or take fewer idle ones. */
static void make_room(void)
{
	const rlim_t need = (rlim_t)(idle + 2 * active + FILES_SPARE);
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		serve_fail("getrlimit");
	if (files.rlim_max < need) {
		struct rlimit more = {need, need};

		if (!setrlimit(RLIMIT_NOFILE, &more))
			return;
		idle -= (long)(need - files.rlim_max);
	}
	if (idle < 0) {
		errno = EMFILE;
		serve_fail("connections");
	}
}

/* Connect to our listener, or exit; the socket is reset, not closed, at its end: no TIME_WAIT. */
static int connect_one(long port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct linger reset = {.l_onoff = 1};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		serve_fail("connect");
	return fd;
}

/* Take one connection, or exit. */
static int accept_one(int lfd)
{
	int fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		serve_fail("accept");
	if (fd > top)
		top = fd;
	return fd;
}

/* The child that holds the peers of the idle connections until it is killed, or we end. */
static pid_t fork_holder(void)
{
	pid_t pid = fork();

	if (pid < 0)
		serve_fail("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (long i = 0; i < idle; i++)
		connect_one(serve.port);
	for (;;)
		pause();
}

/* Memory for n things of a size, or exit. */
static void *room_for(long n, size_t size)
{
	void *p = calloc((size_t)n, size);

	if (!p)
		serve_fail("calloc");
	return p;
}

/* Make all connections; returns the child that holds the idle peers. */
static pid_t connect_all(void)
{
	int lfd = serve_listen(&serve.port, false, false);
	pid_t holder;

	nwatched = idle + active;
	watched = room_for(nwatched, sizeof(*watched));
	ready = room_for(nwatched, sizeof(*ready));
	fds = room_for(nwatched, sizeof(*fds));
	peers = room_for(active, sizeof(*peers));
	events = room_for(active, sizeof(*events));
	holder = fork_holder();
	for (long i = 0; i < idle; i++)
		watched[i] = accept_one(lfd);
	for (long i = 0; i < active; i++) {
		peers[i] = connect_one(serve.port);
		watched[idle + i] = accept_one(lfd);
	}
	close(lfd);
	return holder;
}

/* One round; every byte that was sent is read. */
static void round_of(const struct method *m)
{
	char byte = 'x';

	for (long i = 0; i < active; i++)
		if (send(peers[i], &byte, 1, MSG_NOSIGNAL) != 1)
			serve_fail("send");
	for (long left = active; left;) {
		long n = m->wait();

		for (long i = 0; i < n; i++)
			if (io_recvfrom(ready[i], &byte, 1, 0, NULL, NULL) != 1)
				serve_fail("recv");
		left -= n;
	}
}

/* Order of two times, for qsort. */
static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median time (ns) of a round, out of times of batches; -1 if there are none. */
static long long median(const struct method *m, int64_t *ns)
{
	if (!m->chosen)
		return -1;
	qsort(ns, (size_t)batches, sizeof(*ns), compare);
	return ns[batches / 2] / rounds;
}

/* One batch of a method. */
static void batch(struct method *m, long i)
{
	int64_t cpu, wall;

	m->prepare();
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	wall = clock_ns(CLOCK_MONOTONIC);
	for (long r = 0; r < rounds; r++)
		round_of(m);
	m->cpu_ns[i] = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	m->wall_ns[i] = clock_ns(CLOCK_MONOTONIC) - wall;
	m->undo();
}

/* Choose the methods that --how names, or exit. */
static void choose(void)
{
	char *list = strdup(how), *rest = list;

	for (char *name; list && (name = strsep(&rest, ","));) {
		struct method *m = methods;

		while (m < methods + NMETHODS && strcmp(m->name, name))
			m++;
		if (m == methods + NMETHODS) {
			errno = EINVAL;
			serve_fail(name);
		}
		m->chosen = true;
	}
	free(list);
}

int main(int argc, char **argv)
{
	int status, bad = serve_parse(argc, argv, options) < argc;
	pid_t holder;

	if (bad || active < 1 || rounds < 1 || batches < 1 || batches > MAX_BATCHES) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	choose();
	make_room();
	serve_signals();
	holder = connect_all();
	if (top >= FD_SETSIZE)
		methods[0].chosen = false;
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	for (long i = 0; i < batches && !serve_stopping(); i++)
		for (size_t m = 0; m < NMETHODS; m++)
			if (methods[m].chosen)
				batch(&methods[m], i);
	printf("watched=%ld", nwatched);
	for (struct method *m = methods; m < methods + NMETHODS; m++)
		printf(" %s_cpu_ns=%lld %s_wall_ns=%lld", m->name, median(m, m->cpu_ns), m->name,
		       median(m, m->wall_ns));
	printf("\n");
	kill(holder, SIGKILL);
	waitpid(holder, &status, 0);
	serve_finish();
}
