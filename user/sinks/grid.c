/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * grid.c - see grid.h.
 *
 * What goes in: rows, and a table of columns. What comes out: lines that fit, `-` for what has
 * nothing. A column in which no row has anything is left out, and so is one in which all have the
 * same, if that is said elsewhere.
 */
#include <string.h>

#include "base/utf8.h"
#include "sinks/grid.h"

#define INDENT 2

/* A text as a cell: of one that is too long, the end. */
struct cell cell_of(const char *text)
{
	const char *from = text;
	struct cell c;

	while (fmt_width(from) > CELL_WIDTH_MAX - 3 && fmt_width(text) > CELL_WIDTH_MAX) {
		uint32_t character;
		size_t n = utf8_decode((const unsigned char *)from, strlen(from), &character);

		from += n ? n : 1;
	}
	snprintf(c.s, sizeof(c.s), "%s%s", from == text ? "" : "...", from);
	return c;
}

/* The cell of a column. */
static struct cell cell_at(const struct grid *g, size_t row, size_t column)
{
	return g->column[column].cell(g->row[row], g->room);
}

/* Whether all rows have the same in a column, and something. */
static bool is_common(const struct grid *g, size_t column)
{
	const struct cell first = cell_at(g, 0, column);

	for (size_t i = 1; i < g->rows; i++)
		if (strcmp(first.s, cell_at(g, i, column).s))
			return false;
	return *first.s;
}

/* Measures a column; 0 if no row has anything in it. */
static unsigned int measure(const struct grid *g, size_t column)
{
	unsigned int width = 0, header = fmt_width(g->column[column].header);

	for (size_t i = 0; i < g->rows; i++) {
		const struct cell c = cell_at(g, i, column);

		if (fmt_width(c.s) > width)
			width = fmt_width(c.s);
	}
	return width && width < header ? header : width;
}

/* The columns of a line. */
static unsigned int line_width(const struct grid *g)
{
	unsigned int width = INDENT;

	for (size_t i = 0; i < g->columns; i++)
		if (g->width[i])
			width += g->width[i] + (width > INDENT ? g->gap : 0);
	return width;
}

/* Leaves out the most expendable column that is still there; false if there is none. */
static bool drop(struct grid *g)
{
	size_t victim = 0;

	for (size_t i = 1; i < g->columns; i++)
		if (g->width[i] &&
		    (!g->width[victim] || g->column[i].expendable > g->column[victim].expendable))
			victim = i;
	if (!g->width[victim] || !g->column[victim].expendable)
		return false;
	g->width[victim] = 0;
	g->no_room_for[victim] = true;
	return true;
}

/* Fits the columns into lines. */
void grid_fit(struct grid *g, unsigned int line_columns)
{
	static const struct {
		enum room room;
		unsigned int gap;
	} tries[] = {{ROOM_FULL, 2}, {ROOM_FULL, 1}, {ROOM_SHORT, 1}, {ROOM_TIGHT, 1}};

	for (size_t try = 0; try < ARRAY_SIZE(tries); try++) {
		g->room = tries[try].room;
		g->gap = tries[try].gap;
		for (size_t i = 0; i < g->columns; i++) {
			g->is_common[i] = g->column[i].common && is_common(g, i);
			g->width[i] = g->is_common[i] ? 0 : measure(g, i);
		}
		if (line_width(g) <= line_columns)
			return;
	}
	while (line_width(g) > line_columns && drop(g))
		;
}

/* Writes one line: of a row, or the header (NULL). Blanks at its end are not written. */
static void write_line(FILE *out, const struct grid *g, const void *row)
{
	unsigned int blanks = INDENT;

	for (size_t i = 0; i < g->columns; i++) {
		const struct grid_column *column = &g->column[i];
		struct cell c;
		unsigned int pad;

		if (!g->width[i])
			continue;
		c = row ? column->cell(row, g->room) : cell_of(column->header);
		if (!*c.s)
			c = cell_of("-");
		pad = g->width[i] - fmt_width(c.s);
		fprintf(out, "%*s%s", (int)(blanks + (column->left ? 0 : pad)), "", c.s);
		blanks = g->gap + (column->left ? pad : 0);
	}
}

/* Writes the header and the rows. */
void grid_write(FILE *out, const struct grid *g, bool colour)
{
	fputs(colour ? "\033[1m" : "", out);
	write_line(out, g, NULL);
	fputs(colour ? "\033[0m\n" : "\n", out);
	for (size_t i = 0; i < g->rows; i++) {
		write_line(out, g, g->row[i]);
		putc('\n', out);
	}
}
