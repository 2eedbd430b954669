/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * made_findings.h - a report on a process made up for a test, and what must be found in it.
 */
#ifndef IOPHASE_MADE_FINDINGS_H
#define IOPHASE_MADE_FINDINGS_H

#include "made_task.h"
#include "judge/report.h"

/* A window of a second with one process, pid 7, of one thread. */
static inline struct task_sums *only_process(struct window *w)
{
	struct task_sums *t;

	*w = (struct window){.to = NSEC_PER_SEC};
	t = task_list_get(&w->processes, 7, 0);
	t->threads = t->threads_ever = 1;
	t->wall = t->lived = NSEC_PER_SEC;
	return t;
}

/* The report on a window, which is cleared. */
static inline struct report *report_of(struct window *w)
{
	struct report *r = report_build(w, NULL, 0);

	window_clear(w);
	return r;
}

/* The finding of that id in a report, or NULL. */
static inline const struct finding *found(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->findings.count; i++)
		if (!strcmp(r->findings.finding[i].rule->id, id))
			return &r->findings.finding[i];
	return NULL;
}

/* Checks whether the only finding in a window, which is cleared, is that one; "": there is none. */
static inline void expect_only(struct window *w, const char *id)
{
	struct report *r = report_of(w);

	if (*id && !found(r, id))
		fail_msg("%s was not found", id);
	for (size_t i = 0; i < r->findings.count; i++)
		if (strcmp(r->findings.finding[i].rule->id, id))
			fail_msg("%s was found", r->findings.finding[i].rule->id);
	report_free(r);
}

#endif
