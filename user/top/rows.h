/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows.h - the rows of the list: processes or families, as they are filtered and sorted.
 */
#ifndef IOPHASE_TOP_ROWS_H
#define IOPHASE_TOP_ROWS_H

#include "judge/lines.h"
#include "judge/report.h"
#include "top/columns.h"

enum {
	FILTER_LEN = 64, /* bytes of what rows are filtered by, with its zero */
};

/* What is to be listed, and in which order. */
struct top_choice {
	const struct top_column *sort;
	bool reversed;
	bool families; /* those that belong together are one row */
	bool threads;  /* each followed by its threads, if these are measured */
	bool utf8;
	char filter[FILTER_LEN]; /* a part of what a row says of who it is; empty: all are shown */
};

/* To be freed by top_rows_clear(), before the report is. */
struct top_rows {
	struct top_row *row;
	size_t count;
	size_t all; /* processes or families, before they were filtered */
	struct line_list lines;
};

/* The rows of a report. */
struct top_rows top_rows_of(const struct report *r, const struct top_choice *choice);

void top_rows_clear(struct top_rows *rows);

#endif
