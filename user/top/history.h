/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * history.h - what processes and families answered in the latest reports.
 */
#ifndef IOPHASE_TOP_HISTORY_H
#define IOPHASE_TOP_HISTORY_H

#include "judge/report.h"

enum {
	HISTORY_REPORTS = 120, /* the latest ones that are kept */
};

/* A report: what came of one process. */
struct moment {
	uint64_t answered; /* requests */
	uint64_t p50, p99; /* ns */
	uint64_t lived;	   /* ns */
};

/* Of a process, or a family; its latest report is the last. */
struct past {
	pid_t pid;
	bool family;
	bool goes_on; /* it is in the report that is being taken */
	unsigned int count;
	struct moment moment[HISTORY_REPORTS];
};

/* Of all that have answered something, and are still there. A zeroed one is empty. */
struct top_history {
	struct past **past; /* by pid */
	size_t count;
};

/* Adds a report; what is of a process that is not in it goes. */
void top_history_take(struct top_history *h, const struct report *r);

/* What is known of a task; NULL: it has answered nothing. */
const struct past *top_history_find(const struct top_history *h, const struct report_task *t);

void top_history_clear(struct top_history *h);

#endif
