/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * endings.h - the processes of a report that ended and had used a socket, summed by name.
 */
#ifndef IOPHASE_ENDINGS_H
#define IOPHASE_ENDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/report_task.h"

struct window;

/* Processes of one name, summed. */
struct report_ending {
	struct report_task sum;
	uint64_t processes;
};

struct ending_list {
	struct report_ending *ending;
	size_t count;
};

/* Whether a task has used a socket in the period. */
bool uses_sockets(const struct report_task *t);

/* Whether a process has ended, and had used one. */
bool is_ending(const struct report_task *t);

/*
 * Sums up `count` processes of the window, of `period` (ns), by name, and puts them in that order.
 * To be freed by endings_clear().
 */
struct ending_list endings_sum(const struct window *w, uint64_t period,
			       const struct report_task **ended, size_t count);

void endings_clear(struct ending_list *list);

#endif
