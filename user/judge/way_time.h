/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * way_time.h - for how long a task was in the calls of each I/O model.
 */
#ifndef IOPHASE_WAY_TIME_H
#define IOPHASE_WAY_TIME_H

#include "base/types.h"

struct task_sums;

struct way_time {
	uint64_t ns;	   /* in calls of this way, calls in progress included */
	uint64_t op_ns;	   /* the most of it that was in one call, */
	unsigned int op;   /* which is this one, */
	uint64_t requests; /* or a kind of requests: so many, 0 for a call */
};

/* The time that one thread of a task has lived in the window, on average (ns). */
uint64_t task_life(const struct task_sums *task);

/*
 * The times of a task by enum way. One that made no I/O call, and is in none, has none. `weak` gets
 * the time of calls that tell little, for where there is nothing else.
 */
void time_by_way(const struct task_sums *task, struct way_time time[WAYS],
		 struct way_time weak[WAYS]);

#endif
