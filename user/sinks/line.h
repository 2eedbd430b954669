/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * line.h - lines of the text report that go on in a further one before they get too long.
 */
#ifndef IOPHASE_LINE_H
#define IOPHASE_LINE_H

#include <stdio.h>

#include "base/fmt.h"
#include "sinks/phrases.h"

enum {
	LINE_COLUMNS = 100,    /* of a line where nobody says how wide it may be, and at most */
	LINE_COLUMNS_MIN = 80, /* no place is taken for narrower */
};

/* A line that is filled piece by piece. */
struct line {
	FILE *out;
	unsigned int columns; /* that it may have */
	unsigned int column;
	unsigned int indent; /* of the lines after the first */
};

/* Writes one more piece, `gap` between it and the one before; a comma of it ends the line. */
__attribute__((format(printf, 3, 4))) void line_add(struct line *l, const char *gap,
						    const char *format, ...);

/* Writes a text word by word, so that it is broken into lines; `gap` before the first word. */
void line_add_words(struct line *l, const char *gap, const char *text);

/* Goes on in a further line, at the indent. */
void line_break(struct line *l);

/* Ends the line, if there is something in it. */
void line_end(struct line *l);

#endif
