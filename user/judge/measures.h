/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * measures.h - the quantities of a process, a family or a report, measured.
 */
#ifndef IOPHASE_MEASURES_H
#define IOPHASE_MEASURES_H

#include "base/fmt_address.h"
#include "judge/quantities.h"

struct report_task;
struct window;

/* What was not measured is NO_QUANTITY. */
struct measures {
	uint64_t value[QUANTITIES];
	struct short_address upstream; /* that with the most time; "" if none answered */
};

/* Measures a process or a family. */
void measure_task(struct measures *m, const struct report_task *t);

/* Measures a whole window, in which so many I/O calls, and exchanges, ended. */
void measure_window(struct measures *m, const struct window *w, uint64_t io_calls,
		    uint64_t exchanges);

#endif
