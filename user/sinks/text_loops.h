/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_loops.h - the event loops of a process in the text report.
 */
#ifndef IOPHASE_TEXT_LOOPS_H
#define IOPHASE_TEXT_LOOPS_H

#include "judge/report_task.h"
#include "sinks/sink.h"

/* Writes a line or two about the event loops of a process, if it has waited in any. */
void text_loops(FILE *out, const struct report_task *t, const struct style *style);

#endif
