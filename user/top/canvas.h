/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * canvas.h - a screen as it is to look: lines of pieces of text, each painted in one way.
 */
#ifndef IOPHASE_CANVAS_H
#define IOPHASE_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/types.h"

enum {
	CANVAS_COLUMNS_MAX = 400, /* of a line; a wider terminal stays blank there */
	CANVAS_LINES_MAX = 400,
	CANVAS_PIECES = 128,			   /* of a line */
	CANVAS_BYTES = 4 * CANVAS_COLUMNS_MAX + 1, /* of a line, of any characters */
};

/* How a piece is painted; where there is no colour, by what the terminal has beside it. */
enum paint_kind {
	PAINTED_PLAIN,
	PAINTED_TITLE,	  /* stands out */
	PAINTED_HEADER,	  /* of columns */
	PAINTED_SORTED,	  /* the header of the column by which is sorted */
	PAINTED_SELECTED, /* the row that Enter opens */
	PAINTED_WAIT,	  /* parts of a bar, in the order of enum phase */
	PAINTED_RUNQ,
	PAINTED_CPU,
	PAINTED_COPY,
	PAINTED_PROBLEM, /* findings */
	PAINTED_WARNING,
	PAINTED_NOTE,
	PAINTED_KINDS,
};

struct canvas_piece {
	enum paint_kind paint;
	size_t at, length; /* bytes of the line's text */
};

struct canvas_line {
	char text[CANVAS_BYTES];
	size_t length;	     /* bytes */
	unsigned int column; /* that the next piece begins at */
	struct canvas_piece piece[CANVAS_PIECES];
	size_t pieces;
};

struct canvas {
	unsigned int columns, lines;
	bool utf8; /* else ASCII alone */
	struct canvas_line *line;
};

/* Makes it empty and so large, at most as large as it may be; freed by canvas_clear(). */
void canvas_size(struct canvas *c, unsigned int lines, unsigned int columns, bool utf8);

/* Takes all pieces off. */
void canvas_wipe(struct canvas *c);

/* Adds a text without control characters to a line, as far as there is room; no line, no text. */
void canvas_add(struct canvas *c, unsigned int line, enum paint_kind paint, const char *text);

/* The same, formatted. */
__attribute__((format(printf, 4, 5))) void
canvas_print(struct canvas *c, unsigned int line, enum paint_kind paint, const char *format, ...);

/* Adds blanks up to a column. */
void canvas_fill(struct canvas *c, unsigned int line, enum paint_kind paint, unsigned int column);

void canvas_clear(struct canvas *c);

#endif
