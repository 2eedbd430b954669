/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_where.h - where a process is, in the text.
 */
#ifndef IOPHASE_TEXT_WHERE_H
#define IOPHASE_TEXT_WHERE_H

#include "judge/report_task.h"
#include "sinks/line.h"
#include "sinks/text_line.h"

/* Adds the pid of a process: here, and where it differs, inside of its container. */
void text_add_pid(struct line *l, const struct report_task *t, const struct style *style);

/* Adds the container that all processes of a sum are in, if there is one. */
void text_add_common_place(struct line *l, const struct report_task *t, const struct style *style);

#endif
