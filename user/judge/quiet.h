/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * quiet.h - the threads of a task that did nothing, by name.
 */
#ifndef IOPHASE_QUIET_H
#define IOPHASE_QUIET_H

#include "base/types.h"

enum {
	QUIET_NAMES_MAX = 6,
};

/* Threads that did nothing all the time, asleep outside of I/O calls. */
struct quiet_threads {
	unsigned int count;
	uint64_t ns; /* that is left out of the budget; 0 where there is no other thread */
	/* Their first names, any bytes, and how many bear each. */
	struct quiet_name {
		char comm[COMM_LEN];
		unsigned int count;
	} name[QUIET_NAMES_MAX];
	unsigned int names;
};

/* Adds `count` threads of that name. */
void quiet_add(struct quiet_threads *q, const char comm[COMM_LEN], unsigned int count);

/* Adds those of another task. */
void quiet_join(struct quiet_threads *to, const struct quiet_threads *from);

#endif
