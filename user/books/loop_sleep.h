/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loop_sleep.h - what the event loops of a process were asleep in beside their waits for events,
 * and which were long away from these.
 *
 * It takes the threads one by one, for in the sums of a process a loop and a helper that may well
 * block look the same. It is kept small, for it is kept of every living thread.
 */
#ifndef IOPHASE_LOOP_SLEEP_H
#define IOPHASE_LOOP_SLEEP_H

#include <sys/types.h>

#include "base/types.h"
#include "books/memory.h"

/* Calls in which a thread sleeps. */
enum sleep {
	SLEEP_READ,
	SLEEP_WRITE,
	SLEEP_ACCEPT,
	SLEEP_CONNECT,
	SLEEP_ALONE, /* select or poll of one descriptor */
	SLEEPS,
};

/* What one thread has done since its birth, or the adoption. */
struct sleep_marks {
	uint64_t told;	      /* mux calls on several descriptors that said ready */
	uint64_t connections; /* changes from one connection to another */
	uint64_t mux, epoll;  /* ns in mux calls, and of them in epoll, asleep or not */
	uint64_t asleep[SLEEPS];
	uint64_t turn;	  /* ns that the turn in progress has taken so far, 0: there is none */
	uint64_t slow;	  /* turns that have ended and were slow, */
	uint64_t slowest; /* and ns of the longest one */
	uint64_t away[AWAY_KINDS]; /* what slow ones were made of, the one in progress too */
};

/* What the threads of one process did in a window. */
struct loop_sleep {
	pid_t pid;
	uint64_t muxers; /* threads that were in mux calls */
	uint64_t loops;	 /* of them, event loops: they were told something, and have read from
			    several connections */
	uint64_t lived;	 /* ns, of the loops, */
	uint64_t asleep[SLEEPS];
	uint64_t slow;		   /* turns of the loops that were slow, or are so far, */
	uint64_t slowest;	   /* and ns that the longest one has taken at most; */
	uint64_t away[AWAY_KINDS]; /* ns, what they were made of */
	uint64_t turn; /* ns of the longest turn in progress that began in the window, of any of
			  the threads, 0: none */
};

/* In the order of pid. A zeroed one is empty. */
struct loop_sleep_list {
	struct loop_sleep *process;
	size_t count;
};

/*
 * How long (ns) a thread has been asleep in the mux call that it is in, if that watches a single
 * descriptor; it will be counted in *counter.
 */
uint64_t sleep_alone(const struct thread *t, enum counter *counter);

/* How long (ns) a thread has been asleep in all mux calls on a single descriptor. */
uint64_t sleep_alone_ever(const struct thread *t);

/* Notes what the books of a living thread say. */
void sleep_marks_set(struct sleep_marks *m, const struct books *b, const struct thread *t);

/*
 * Adds what a thread of process `pid`, not less than that of the one added before, did between two
 * marks; `then` NULL: since its birth. It lived so long (ns) in between.
 */
void loop_sleep_note(struct loop_sleep_list *list, pid_t pid, const struct sleep_marks *then,
		     const struct sleep_marks *now, uint64_t lived);

/* The process in the list, or NULL. */
const struct loop_sleep *loop_sleep_find(const struct loop_sleep_list *list, pid_t pid);

/* Adds another process's. */
void loop_sleep_join(struct loop_sleep *to, const struct loop_sleep *from);

void loop_sleep_clear(struct loop_sleep_list *list);

#endif
