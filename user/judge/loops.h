/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loops.h - what the event loops of a task came to: how much is ready at each wait, how much is
 * watched for it, and for how long the loop is away from its events in between.
 *
 * Waits are select, poll and epoll_wait on several descriptors: one on a single descriptor
 * multiplexes nothing. An epoll set counts as several, whatever is in it.
 */
#ifndef IOPHASE_LOOPS_H
#define IOPHASE_LOOPS_H

#include "judge/percentiles.h"
#include "base/types.h"

struct task_sums;

struct loops {
	uint64_t ready;	 /* waits that said ready, and */
	uint64_t empty;	 /* those that came back with nothing: a time limit had passed */
	uint64_t full;	 /* of the ready: that filled the room that epoll_wait was given */
	uint64_t events; /* that they said ready, */
	struct percentiles ready_events; /* of a wait that said ready */
	uint64_t turns;			 /* that have ended, after waits that said ready: */
	struct percentiles lag;		 /* ns from the wait's end to the next one's begin */
	uint64_t empty_turns;		 /* the same after waits that came back with nothing */
	struct percentiles empty_lag;
	uint64_t turn;	 /* ns of the longest turn in progress that began in the period, 0: none */
	uint64_t reads;	 /* calls of the task that read or accept, whatever they found */
	uint64_t writes; /* and that write */
	/* Descriptors watched: */
	bool by_epoll;	  /* most waits were by epoll */
	uint64_t scans;	  /* selects and polls whose descriptors are counted, */
	uint64_t scanned; /* and these, added up */
	uint64_t sets;	  /* epoll sets at the end, 0: not known, */
	uint64_t in_sets; /* and descriptors in them */
};

/* What the loops of a task of a window came to; of a turn in progress it does not tell. */
struct loops loops_of(const struct task_sums *task);

/*
 * How many descriptors a wait watched: their sum, to be divided by *count; for epoll, in a set.
 * *count is 0 if that is not known.
 */
uint64_t loops_watched(const struct loops *l, uint64_t *count);

/* Whether there was a loop at all. */
bool loops_are_there(const struct loops *l);

/* The longest time (ns) that a loop was away from its events. */
uint64_t loops_longest(const struct loops *l);

#endif
