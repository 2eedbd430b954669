/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * grid.h - rows of cells in aligned columns, as wide as a line may be.
 */
#ifndef IOPHASE_GRID_H
#define IOPHASE_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/fmt.h"

enum {
	CELL_MAX = 208, /* bytes: 50 columns, of any characters */
	CELL_WIDTH_MAX = 50,
	GRID_COLUMNS_MAX = 20,
};

struct cell {
	char s[CELL_MAX];
};

/* A column of rows that are the caller's. */
struct grid_column {
	const char *header;
	/* The cell of a row; empty: it has nothing. */
	struct cell (*cell)(const void *row, enum room room);
	const char *common;	 /* what is before the cell where all rows have the same; NULL: it
				  * is a column then, too */
	unsigned int expendable; /* which goes first when there is no room; 0: none does */
	bool left;		 /* aligned to the left */
};

struct grid {
	const struct grid_column *column;
	size_t columns;
	const void *const *row;
	size_t rows;
	enum room room;
	unsigned int gap;
	unsigned int width[GRID_COLUMNS_MAX]; /* 0: the column is left out: */
	bool is_common[GRID_COLUMNS_MAX];     /* all rows have the same there, */
	bool no_room_for[GRID_COLUMNS_MAX];   /* or it has something, and there is no room */
};

/* A text as a cell: of one that is too long, the end. */
struct cell cell_of(const char *text);

/* Fits the columns of a grid, whose first members are set, into lines of so many columns: as wide
 * as can be, then shorter, then fewer. */
void grid_fit(struct grid *g, unsigned int line_columns);

/* Writes the header and the rows. */
void grid_write(FILE *out, const struct grid *g, bool colour);

#endif
