/*
 * The cost of one call: a loop of recvfrom that gets EAGAIN, of epoll_wait that finds nothing, or
 * of getppid, which nobody traces.
 *
 * In: the options of serve.h, --count N (1000000), --call recvfrom|epoll_wait|getppid.
 * Out: on stdout one line, the ns per call by CLOCK_MONOTONIC, after the loop. There is no tally:
 * the loop makes the calls and nothing else. A stop ends the loop early.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long count = 1000000;
static const char *call = "recvfrom";

static const struct serve_option options[] = {
	{.name = "count", .number = &count}, {.name = "call", .text = &call}, {0}};

/* CLOCK_MONOTONIC in ns. */
static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Make up to n calls of recvfrom on an empty socket; returns how many were made. */
static long loop_recvfrom(int fd, long n)
{
	char c;
	long i;

	for (i = 0; i < n && !serve_stopping(); i++)
		if (syscall(SYS_recvfrom, fd, &c, 1, 0, NULL, NULL) != -1 || errno != EAGAIN)
			break;
	return i;
}

/* A set with a descriptor. */
static int set_of(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int set = epoll_create1(0);

	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event))
		serve_fail("epoll");
	return set;
}

/* Make up to n calls of epoll_wait on a set that has nothing; returns how many were made. */
static long loop_epoll_wait(int set, long n)
{
	struct epoll_event event;
	long i;

	for (i = 0; i < n && !serve_stopping(); i++)
		if (epoll_wait(set, &event, 1, 0))
			break;
	return i;
}

/* Make up to n calls of getppid; returns how many were made. */
static long loop_getppid(long n)
{
	long i;

	for (i = 0; i < n && !serve_stopping(); i++)
		syscall(SYS_getppid);
	return i;
}

int main(int argc, char **argv)
{
	int fds[2], set;
	double start;
	long n;

	serve_parse(argc, argv, options);
	serve_signals();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds))
		serve_fail("socketpair");
	if (strcmp(call, "recvfrom") && strcmp(call, "epoll_wait") && strcmp(call, "getppid")) {
		errno = EINVAL;
		serve_fail(call);
	}
	set = set_of(fds[0]);
	serve_gate();
	start = now_ns();
	if (!strcmp(call, "recvfrom"))
		n = loop_recvfrom(fds[0], count);
	else
		n = strcmp(call, "getppid") ? loop_epoll_wait(set, count) : loop_getppid(count);
	printf("%.1f\n", (now_ns() - start) / (double)(n ? n : 1));
	return fflush(stdout) ? 1 : 0;
}
