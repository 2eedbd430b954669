/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.h - the table of calls in the text report.
 *
 * First a layout is made for all tasks whose calls are to stand in the same columns, then the
 * header and the rows are written.
 */
#ifndef IOPHASE_TABLE_H
#define IOPHASE_TABLE_H

#include <stdio.h>

#include "base/fmt.h"
#include "judge/report.h"
#include "sinks/line.h"

enum {
	TABLE_COLUMNS_MAX = 20,
};

/* What the rows are. */
enum table_of {
	TABLE_CALLS = 1,
	TABLE_REQUESTS = 2,
};

struct layout {
	enum table_of of;
	unsigned int columns; /* that a line may have: to be set before */
	enum room room;
	unsigned int gap;		       /* the blanks between columns */
	unsigned int name_width;	       /* the indent of the names included */
	unsigned int width[TABLE_COLUMNS_MAX]; /* 0: the column is left out */
	bool no_room_for[TABLE_COLUMNS_MAX];   /* it is left out although it has something */
};

/* Fits the calls, or the requests, of the tasks into a line: as wide as can be, then shorter, then
 * fewer columns. */
void table_fit(struct layout *l, enum table_of of, const struct report_task *tasks, size_t count,
	       const char *title);

/* Whether the task has any row. */
bool table_has_rows(enum table_of of, const struct report_task *task);

/* Writes the header line, which begins with the title. */
void table_write_header(FILE *out, const struct layout *l, const char *title, bool colour);

/* Writes one row per call, or request, of the task. */
void table_write_rows(FILE *out, const struct layout *l, const struct report_task *task);

/* Writes a line that names the columns left out for lack of room, if there are any. */
void table_write_left_out(FILE *out, const struct layout *l);

#endif
