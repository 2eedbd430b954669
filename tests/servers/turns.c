/*
 * Event loops whose turns are known: how many events each wait brings, and for how long the loop is
 * away from them.
 *
 * In: turns [options of serve.h] MODE, --rounds N (20), --events N (3) ready at each wait,
 * --watched N (8) descriptors, --hold-ms N (0): how long each fifth turn takes. MODE: epoll; full,
 * the same with room for 4 events; poll; select; empty, waits of 5 ms for nothing, each before one
 * that brings something; one, as epoll, with calls on a single descriptor in each turn, which begin
 * and end none. Out: the tally, and at the end on stdout what the loop did: ready= and empty=
 * waits, full= those that filled their room, events=, watched= descriptors at each wait, reads= and
 * writes=, and least_ns= and most_ns=, between which lies the longest time from the end of a wait
 * that brought something to the begin of the next one.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	FEW = 4,   /* events that there is room for in mode full */
	MANY = 64, /* and in others */
	PAUSE = 5, /* ms */
	FIFTH = 5,
};

static long rounds = 20, events = 3, watched = 8, hold_ms;

static const struct serve_option options[] = {{.name = "rounds", .number = &rounds},
					      {.name = "events", .number = &events},
					      {.name = "watched", .number = &watched},
					      {.name = "hold-ms", .number = &hold_ms},
					      {0}};

static int epfd, (*pairs)[2]; /* what is watched, and its other end */
static int single[2];	      /* what is asked about alone */
static struct pollfd *polled;
static long ready_waits, empty_waits, full_waits, told, reads, writes;
static int64_t least_ns, most_ns;
/* When the latest wait was called, and when it was over; whether it had brought something. */
static int64_t called, over;
static bool brought;

/* Monotonic time in ns. */
static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Read what one descriptor has. */
static void handle(int fd)
{
	char c;

	if (io_recvfrom(fd, &c, 1, MSG_DONTWAIT, NULL, NULL) != 1)
		serve_fail("recvfrom");
	reads++;
}

/* Wait by epoll with room for so many events, at most so long (ms); handle what there is. */
static int wait_epoll(int room, int limit)
{
	struct epoll_event ev[MANY];
	int n = io_epoll_wait(epfd, ev, room, limit);

	over = now_ns();
	for (int i = 0; i < n; i++)
		handle(ev[i].data.fd);
	full_waits += n == room;
	return n;
}

/* The same by poll. */
static int wait_poll(int limit)
{
	int n = io_poll(polled, (nfds_t)watched, limit);

	over = now_ns();
	for (long i = 0; i < watched; i++)
		if (polled[i].revents)
			handle(polled[i].fd);
	return n;
}

/* The same by select, which is also asked for what is exceptional in every second descriptor. */
static int wait_select(int limit)
{
	struct timespec t = {.tv_nsec = limit * 1000000L};
	fd_set readable, exceptional;
	int n, end = 0;

	FD_ZERO(&readable);
	FD_ZERO(&exceptional);
	for (long i = 0; i < watched; i++) {
		FD_SET(pairs[i][0], &readable);
		if (i % 2)
			FD_SET(pairs[i][0], &exceptional);
		if (pairs[i][0] >= end)
			end = pairs[i][0] + 1;
	}
	n = io_pselect6(end, &readable, NULL, &exceptional, limit < 0 ? NULL : &t);
	over = now_ns();
	for (long i = 0; i < watched; i++)
		if (n > 0 && FD_ISSET(pairs[i][0], &readable))
			handle(pairs[i][0]);
	return n;
}

/* Calls that multiplex nothing. */
static void ask_alone(void)
{
	struct pollfd one = {.fd = single[0], .events = POLLIN};
	struct timespec none = {0};
	fd_set set;

	io_poll(&one, 1, 0);
	FD_ZERO(&set);
	FD_SET(single[0], &set);
	io_pselect6(single[0] + 1, &set, NULL, NULL, &none);
}

/* Wait in the way of that mode, and note what the turn before was like; returns what is ready. */
static int wait_once(const char *mode, int limit)
{
	int64_t begin = now_ns(), then = called, end = over;
	bool counts = brought;
	int n;

	if (!strcmp(mode, "poll"))
		n = wait_poll(limit);
	else if (!strcmp(mode, "select"))
		n = wait_select(limit);
	else
		n = wait_epoll(strcmp(mode, "full") ? MANY : FEW, limit);
	if (n < 0)
		serve_fail("wait");
	if (counts && begin - end > least_ns)
		least_ns = begin - end;
	if (counts && over - then > most_ns)
		most_ns = over - then;
	called = begin;
	brought = n > 0;
	ready_waits += n > 0;
	empty_waits += n == 0;
	told += n;
	return n;
}

/* One round: something is ready, and is waited for until all of it has been read. */
static void turn_round(const char *mode, long round)
{
	const struct timespec hold = {.tv_sec = hold_ms / 1000,
				      .tv_nsec = hold_ms % 1000 * 1000000};

	if (!strcmp(mode, "empty"))
		wait_once(mode, PAUSE);
	for (long i = 0; i < events; i++) {
		if (io_sendto(pairs[i][1], "x", 1, 0, NULL, 0) != 1)
			serve_fail("sendto");
		writes++;
	}
	for (long left = events; left > 0;)
		left -= wait_once(mode, -1);
	if (hold_ms && round % FIFTH == 0)
		nanosleep(&hold, NULL);
	if (!strcmp(mode, "one"))
		ask_alone();
}

/* Make what is watched. */
static void make_pairs(void)
{
	struct epoll_event ev = {.events = EPOLLIN};

	pairs = calloc((size_t)watched, sizeof(*pairs));
	polled = calloc((size_t)watched, sizeof(*polled));
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (!pairs || !polled || epfd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, single))
		serve_fail("start");
	for (long i = 0; i < watched; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]))
			serve_fail("socketpair");
		polled[i] = (struct pollfd){.fd = pairs[i][0], .events = POLLIN};
		ev.data.fd = pairs[i][0];
		if (epoll_ctl(epfd, EPOLL_CTL_ADD, pairs[i][0], &ev))
			serve_fail("epoll_ctl");
	}
}

int main(int argc, char **argv)
{
	int i = serve_parse(argc, argv, options);
	const char *mode = i < argc ? argv[i] : "";

	serve_signals();
	if (events > watched || events > MANY)
		serve_fail("--events");
	make_pairs();
	serve_gate();
	for (long round = 0; round < rounds && !serve_stopping(); round++)
		turn_round(mode, round);
	printf("ready=%ld empty=%ld full=%ld events=%ld watched=%ld reads=%ld writes=%ld "
	       "least_ns=%jd most_ns=%jd\n",
	       ready_waits, empty_waits, full_waits, told, watched, reads, writes,
	       (intmax_t)least_ns, (intmax_t)most_ns);
	serve_finish();
}
