/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * progress.h - what a person at a terminal sees while a long run goes on without reports.
 */
#ifndef IOPHASE_PROGRESS_H
#define IOPHASE_PROGRESS_H

#include "app/options.h"
#include "judge/report.h"

struct progress {
	uint64_t due;	/* ns, CLOCK_MONOTONIC; 0: nothing is shown */
	uint64_t begun; /* the same, of the run */
};

/* Whether it is shown is told by the options and by stderr; from now on. */
void progress_begin(struct progress *p, const struct options *o);

/* Whether a report of the whole time so far is wanted now, to be shown. */
bool progress_is_due(const struct progress *p);

/* Shows a report of the whole time so far, which has cost so much CPU time (ns). */
void progress_show(struct progress *p, const struct options *o, const struct report *r,
		   uint64_t cost);

#endif
