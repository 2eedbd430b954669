/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loop.h - the one place where the program waits: for signals, timers and the death of targets.
 */
#ifndef IOPHASE_LOOP_H
#define IOPHASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/signals.h"

enum loop_event {
	LOOP_STOP = 1,	   /* Ctrl-C, SIGTERM, SIGHUP, or the duration is over */
	LOOP_INTERVAL = 2, /* time for a report */
	LOOP_TICK = 4,	   /* time to look after the dead */
	LOOP_DEATH = 8,	   /* a watched process has ended */
	LOOP_LOW = 16,	   /* there is little room for more threads and calls */
	LOOP_REQUEST = 32, /* clients of ours want something */
	LOOP_GLANCE = 64,  /* SIGUSR1: a report at once */
};

enum {
	LOOP_EVENTS = 8, /* told of at once */
};

struct loop {
	struct signals *signals;
	int epoll, duration, interval, tick, low;
	int news;	       /* what is ready when ticks are to come often; 0: nothing is */
	uint64_t from;	       /* when the timers were started (ns) */
	unsigned int calm;     /* ticks, one after the other, at which there was nothing to do */
	int served;	       /* what is ready when clients want something; 0: there are none */
	uint64_t end;	       /* of the duration, ns of CLOCK_MONOTONIC; 0: there is none */
	int dead[LOOP_EVENTS]; /* the watched descriptors that the latest LOOP_DEATH is of */
	size_t dead_count;
};

/* Opens the timers, not started yet, and listens to the signals too. Returns 0 or -errno. */
int loop_open(struct loop *l, struct signals *signals);

/*
 * Starts the timers, for a duration and intervals (ns) that begin at `from` (ns, CLOCK_MONOTONIC);
 * one of 0 never comes. Returns 0 or -errno.
 */
int loop_start(struct loop *l, uint64_t from, uint64_t duration, uint64_t interval);

/* Whether the duration is over, or will be within the given time (ns); false if there is none. */
bool loop_ends_within(const struct loop *l, uint64_t time);

/*
 * Says at a tick whether there was nothing to do. After some such ticks they come seldom, until the
 * next one that is not so, or until there is news. Returns 0 or -errno.
 */
int loop_pace(struct loop *l, bool calm);

/* Has the readiness of a descriptor have ticks come often again, the first within one of those. 0
 * or -errno. */
int loop_watch_news(struct loop *l, int fd);

/* Has the readiness of a descriptor (a pidfd) wake the loop as a LOOP_DEATH, once. 0 or -errno. */
int loop_watch(struct loop *l, int fd);

/* Has the readiness of a descriptor wake the loop as a LOOP_LOW; 0 or -errno. */
int loop_watch_low(struct loop *l, int fd);

/* Has the readiness of a descriptor wake the loop as a LOOP_REQUEST, each time. 0 or -errno. */
int loop_serve(struct loop *l, int fd);

/* Waits for the next events: a set of enum loop_event, or -errno. */
int loop_wait(struct loop *l);

#endif
