/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * columns.h - the columns of the list of `iophase top`.
 */
#ifndef IOPHASE_TOP_COLUMNS_H
#define IOPHASE_TOP_COLUMNS_H

#include "base/word.h"
#include "top/row.h"

struct top_column {
	const char *name; /* NULL ends the table */
	const char *header;
	const char *help;
	unsigned int width, most; /* columns of the screen: at least, and where there is room */
	unsigned int expendable;  /* which goes first when there is no room: the largest */
	bool shown;		  /* if nobody has chosen */
	bool left;		  /* aligned to the left */
	bool ascends;		  /* the least first */
	bool is_bar;		  /* its cell is of signs of phases, as wide as the column */
	struct cell (*cell)(const void *row, enum room room);
	double (*number)(const struct top_row *row); /* to sort by; NULL: by its text */
};

extern const struct top_column top_columns[];

enum {
	TOP_COLUMNS = 24, /* rows of the table */
};

/* Their names, and the places in the table; the last is NULL. */
extern const struct word top_column_words[];

/* The set of columns, bits by their places, that are shown if nobody has chosen. */
uint32_t top_columns_usual(void);

/*
 * How wide the columns of a set are in lines of so many columns of the screen, one blank between
 * two: 0 of those that are not shown, or that there is no room for.
 */
void top_columns_fit(uint32_t set, unsigned int columns, unsigned int width[TOP_COLUMNS]);

/* The cell of a row, at most so wide. */
struct cell top_cell(const struct top_column *column, const struct top_row *row,
		     unsigned int width);

#endif
