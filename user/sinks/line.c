/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * line.c - see line.h.
 *
 * What goes in: pieces of text. What comes out: lines that fit, each piece whole.
 */
#include <stdarg.h>
#include <string.h>

#include "sinks/line.h"

/* Writes one more piece. */
void line_add(struct line *l, const char *gap, const char *format, ...)
{
	char piece[512];
	va_list args;

	va_start(args, format);
	vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	/* A comma belongs to the line that it ends, so there must be room for one more. */
	if (l->column + strlen(gap) + fmt_width(piece) >= l->columns && l->column > l->indent) {
		if (*gap == ',')
			putc(',', l->out);
		line_break(l);
		gap = "";
	}
	fprintf(l->out, "%s%s", gap, piece);
	l->column += (unsigned int)strlen(gap) + fmt_width(piece);
}

/* Writes a text word by word. */
void line_add_words(struct line *l, const char *gap, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		/* A sign of percent stays with its number. */
		if (text[length] && text[length + 1] == '%')
			length += 1 + strcspn(text + length + 1, " ");
		if (length) {
			line_add(l, gap, "%.*s", (int)length, text);
			gap = " ";
		}
		text += length;
		text += strspn(text, " ");
	}
}

/* Goes on in a further line. */
void line_break(struct line *l)
{
	fprintf(l->out, "\n%*s", (int)l->indent, "");
	l->column = l->indent;
}

/* Ends the line. */
void line_end(struct line *l)
{
	if (l->column)
		putc('\n', l->out);
	l->column = 0;
}
