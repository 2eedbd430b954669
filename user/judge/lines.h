/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lines.h - the processes of a report as a list, a line each, the busiest first.
 */
#ifndef IOPHASE_LINES_H
#define IOPHASE_LINES_H

#include "base/word.h"
#include "judge/report.h"

/* What they may be sorted by; equal ones by the others, in this order. */
enum line_key {
	LINES_BY_REQUESTS, /* answered, per second */
	LINES_BY_READS,	   /* per second */
	LINES_BY_CPU,	   /* time on a CPU */
	LINES_BY_RESPONSE, /* the slowest p99 */
	LINES_BY_PID,	   /* the smallest */
	LINE_KEYS,
};

extern const struct word line_keys[]; /* the last has no name */

/* A process, or the sum of those of one name that ended. */
struct report_line {
	const struct report_task *task;
	uint64_t ended; /* so many are summed; 0: a process that lives */
};

struct line_list {
	struct report_line *line;
	size_t count;
	size_t processes; /* of them, that live */
};

/*
 * The lines of a report: each process that lives, and, summed by name, those that ended and had
 * used a socket. Who matches no longer is there if it has used one. The list must not outlive the
 * report; to be freed by lines_clear().
 */
struct line_list report_lines(const struct report *r, enum line_key key);

/* Reads of the period that have a model: what `model_counts` of the CSV adds up to. */
uint64_t line_reads(const struct report_task *t);

/* Time (ns) of its threads in a phase, in I/O calls and outside, without those that did nothing. */
uint64_t line_time(const struct report_task *t, enum phase phase);

/* Whether it is known to wait for clients at a port. */
bool line_listens(const struct report_task *t);

void lines_clear(struct line_list *list);

#endif
