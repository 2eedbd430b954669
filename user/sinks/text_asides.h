/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_asides.h - what else the report says of a process, below its tables.
 */
#ifndef IOPHASE_TEXT_ASIDES_H
#define IOPHASE_TEXT_ASIDES_H

#include "sinks/sink.h"

/* Writes a line for each thing that there is to say, an empty one before each. */
void text_asides(FILE *out, const struct report_task *t, const struct style *style);

#endif
