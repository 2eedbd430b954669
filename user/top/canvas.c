/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * canvas.c - see canvas.h.
 *
 * What goes in: pieces of text. What comes out: lines of them that are never wider than they may
 * be, and in which no character is cut. Pure: no terminal.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "top/canvas.h"

/* Makes it empty and so large. */
void canvas_size(struct canvas *c, unsigned int lines, unsigned int columns, bool utf8)
{
	canvas_clear(c);
	c->lines = lines < CANVAS_LINES_MAX ? lines : CANVAS_LINES_MAX;
	c->columns = columns < CANVAS_COLUMNS_MAX ? columns : CANVAS_COLUMNS_MAX;
	c->utf8 = utf8;
	c->line = xcalloc(c->lines, sizeof(*c->line));
}

/* Takes all pieces off. */
void canvas_wipe(struct canvas *c)
{
	for (unsigned int i = 0; i < c->lines; i++) {
		struct canvas_line *l = &c->line[i];

		l->length = l->pieces = 0;
		l->column = 0;
		l->text[0] = '\0';
	}
}

/* Adds so many bytes, which are as many columns, in their paint. */
static void append(struct canvas_line *l, enum paint_kind paint, const char *bytes, size_t length,
		   unsigned int columns)
{
	struct canvas_piece *last = l->pieces ? &l->piece[l->pieces - 1] : NULL;

	if (l->length + length >= sizeof(l->text))
		return;
	if (!last || last->paint != paint) {
		if (l->pieces == CANVAS_PIECES)
			return;
		last = &l->piece[l->pieces++];
		*last = (struct canvas_piece){.paint = paint, .at = l->length};
	}
	memcpy(l->text + l->length, bytes, length);
	l->length += length;
	l->text[l->length] = '\0';
	last->length += length;
	l->column += columns;
}

/* Adds a text to a line. */
void canvas_add(struct canvas *c, unsigned int line, enum paint_kind paint, const char *text)
{
	struct canvas_line *l;

	if (line >= c->lines)
		return;
	l = &c->line[line];
	while (*text) {
		uint32_t character;
		size_t length =
			utf8_decode((const unsigned char *)text, strnlen(text, 4), &character);
		bool shown = length && utf8_printable(character) && (c->utf8 || character < 0x80);
		unsigned int width = shown ? utf8_width(character) : 1;

		if (l->column + width > c->columns)
			return;
		/* Whoever made the text has escaped it; what a terminal would obey never gets
		 * there. */
		append(l, paint, shown ? text : "?", shown ? length : 1, width);
		text += length ? length : 1;
	}
}

/* Adds a formatted text. */
void canvas_print(struct canvas *c, unsigned int line, enum paint_kind paint, const char *format,
		  ...)
{
	char text[CANVAS_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	canvas_add(c, line, paint, text);
}

/* Adds blanks up to a column. */
void canvas_fill(struct canvas *c, unsigned int line, enum paint_kind paint, unsigned int column)
{
	while (line < c->lines && c->line[line].column < column &&
	       c->line[line].column < c->columns)
		append(&c->line[line], paint, " ", 1, 1);
}

void canvas_clear(struct canvas *c)
{
	free(c->line);
	*c = (struct canvas){0};
}
