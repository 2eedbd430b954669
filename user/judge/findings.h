/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * findings.h - what the numbers of a report say is wrong, or worth to know.
 */
#ifndef IOPHASE_FINDINGS_H
#define IOPHASE_FINDINGS_H

#include "judge/measures.h"
#include "judge/rule.h"

struct finding {
	const struct rule *rule;
	const struct report_task *task; /* the process or the family; NULL: the whole report */
	size_t rank, turn;		/* of its rule among all; of itself among those added */
	char *sentence;
	uint64_t value[CONDITIONS_MAX]; /* the evidence: of each condition of its rule */
};

/* The worst first; of one rule in the order in which they were added. A zeroed one is empty. */
struct finding_list {
	struct finding *finding;
	size_t count;
};

/* Adds what the measures of a task (NULL: of the whole report) say. */
void findings_add(struct finding_list *list, const struct report_task *task,
		  const struct measures *m);

/* Adds the same of a family, but what was said of one of its processes, which were added just
 * before. */
void findings_add_family(struct finding_list *list, const struct report_task *family,
			 const struct measures *m);

/* Puts the worst first. */
void findings_sort(struct finding_list *list);

/* The severity of the worst. */
enum severity findings_worst(const struct finding_list *list);

void findings_clear(struct finding_list *list);

#endif
