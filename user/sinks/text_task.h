/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_task.h - a process, a thread or a family in the text report.
 */
#ifndef IOPHASE_TEXT_TASK_H
#define IOPHASE_TEXT_TASK_H

#include "judge/report.h"
#include "sinks/line.h"
#include "sinks/sink.h"

/* Adds who it is: name, pid, threads, and how long it was watched of `period` ns. */
void text_add_identity(struct line *l, const struct report_task *t, uint64_t period,
		       const struct style *style);

/* Adds the model in words, what it rests on, and in a further line the other models. */
void text_add_model(struct line *l, const struct model_decision *m);

/* Writes the block of one process, or of a family as a whole. */
void text_write_process(FILE *out, const struct report *r, const struct report_task *t,
			const struct style *style);

#endif
