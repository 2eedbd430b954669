/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * history.h - what a run came to over time, in memory that does not grow with its length.
 *
 * A report is a slot, until there are too many: then two become one, again and again. The processes
 * with the most I/O calls have a track each, all others share the last one: each number of a report
 * is in one cell of its slot.
 */
#ifndef IOPHASE_HISTORY_H
#define IOPHASE_HISTORY_H

#include "books/hist.h"
#include "judge/report.h"

enum {
	HISTORY_SLOTS = 240, /* even */
	HISTORY_OTHERS = 16, /* the track of all that have none of their own */
	HISTORY_TRACKS,
};

/* How long something took: those in the histogram, ns, and those of 0. */
struct history_times {
	struct hist hist;
	uint64_t count; /* of all, those of 0 too */
	uint64_t max;	/* ns, of one */
};

/* What was done in a slot; times in ns. */
struct history_cell {
	uint64_t reports; /* that it is the sum of; 0: none, nothing else is set */
	struct time_budget budget;
	uint64_t io_calls; /* that ended */
	uint64_t part[QUEUE_CAUSES], service_ns;
	struct history_times response; /* to clients, */
	uint64_t asked_ns;
	struct history_times upstream; /* and of upstreams */
};

/* A process, or the others. */
struct history_track {
	bool used;
	pid_t pid;	     /* 0: the others */
	char comm[COMM_LEN]; /* as it was last called; any bytes */
	size_t since; /* the slot in which it was given this track; before, the others have it */
	uint64_t io_calls;	   /* since then */
	struct history_cell whole; /* of the whole time */
	struct history_cell cell[HISTORY_SLOTS];
};

/* The time of a slot. */
struct history_slot {
	uint64_t from, to;   /* ns, CLOCK_MONOTONIC */
	struct timespec utc; /* its end */
};

/* Zeroed, it is empty; to be cleared at last. */
struct history {
	size_t slots;
	uint64_t each;	/* reports of a slot, 0: none yet */
	uint64_t last;	/* reports of the last slot */
	uint64_t moved; /* processes whose track another one has got */
	struct history_slot slot[HISTORY_SLOTS];
	struct history_track *track[HISTORY_TRACKS]; /* NULL: never used */
};

/* Adds the report of an interval, and its window. */
void history_add(struct history *h, const struct report *r);

/* Takes the report of the whole time, and its window, for what all of it came to. */
void history_whole(struct history *h, const struct report *r);

/* Adds one cell to another. */
void history_join(struct history_cell *to, const struct history_cell *from);

/* Frees what a cell holds, and leaves it empty. */
void history_cell_clear(struct history_cell *c);

/* The percentiles of what took time. */
struct percentiles history_percentiles(const struct history_times *t);

void history_clear(struct history *h);

#endif
