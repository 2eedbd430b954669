/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_exchanges.h - what clients and upstreams waited for, in the text.
 */
#ifndef IOPHASE_TEXT_EXCHANGES_H
#define IOPHASE_TEXT_EXCHANGES_H

#include "judge/report.h"
#include "sinks/sink.h"

/* Writes the block of a process's exchanges and an empty line; nothing if there were none, nor
 * reads that may have been some. */
void text_exchanges(FILE *out, const struct report *r, const struct report_task *t,
		    const struct style *style);

#endif
