/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * row.h - a row of the list of `iophase top`: a process, family or thread.
 */
#ifndef IOPHASE_TOP_ROW_H
#define IOPHASE_TOP_ROW_H

#include "judge/report.h"
#include "sinks/process_cells.h"

struct top_row {
	struct process_row process;  /* first: cells are made of it */
	const struct finding *worst; /* of it; NULL: nothing was found */
	size_t findings;
	/* What it is sorted by: of a column of numbers, or of texts. */
	double number;
	size_t place; /* in the list of ps, which equal ones keep: the busy before the idle */
	struct cell text;
};

#endif
