/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pulse.h - which threads did nothing between two snapshots: no I/O call, and nothing on a CPU;
 * and what event loops slept in.
 */
#ifndef IOPHASE_PULSE_H
#define IOPHASE_PULSE_H

#include <sys/types.h>

#include "base/types.h"
#include "books/loop_sleep.h"

/* A living thread at one instant, and what it has done until then. */
struct pulse {
	pid_t pid, tid;
	uint64_t born;	 /* ns */
	uint64_t life;	 /* ns since then, */
	uint64_t active; /* and of them those in which it was not asleep outside of I/O calls */
	struct sleep_marks marks;
	char comm[COMM_LEN];
};

/* In the order of pid and tid. A zeroed one is empty. */
struct pulse_list {
	struct pulse *pulse;
	size_t count;
};

/*
 * Fills an empty list with those of `count` threads, in the order of pid and tid, that live; their
 * rows are in the pools.
 */
void pulses_fill(struct pulse_list *list, const struct books *b,
		 const struct thread *const *threads, size_t count);

/* Fills an empty list with those that were there at both instants and were asleep all the time. */
void pulses_quiet(struct pulse_list *quiet, const struct pulse_list *earlier,
		  const struct pulse_list *later);

/*
 * Fills an empty list with what the event loops among those that live at the later instant were
 * asleep in since the earlier one.
 */
void pulses_loops(struct loop_sleep_list *loops, const struct pulse_list *earlier,
		  const struct pulse_list *later);

/* Whether a thread is in the list. */
bool pulses_have(const struct pulse_list *list, pid_t pid, pid_t tid);

void pulses_clear(struct pulse_list *list);

#endif
