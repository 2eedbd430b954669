/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_line.c - see text_line.h.
 *
 * What goes in: the place that the output is read in, and parts of a time. What comes out: lines.
 */
#include "sinks/text_line.h"

enum {
	BAR_CELLS = 40, /* of the longest bar */
};

/* A line as wide as the place of the output has them; further ones are indented. */
struct line text_line(FILE *out, const struct style *style, unsigned int indent)
{
	return (struct line){.out = out, .columns = style_columns(style), .indent = indent};
}

/* What starts a stretch of colour; PAINT_END ends it. */
const char *paint(const struct style *style, const char *code)
{
	return style->colour ? code : "";
}

/* Writes the line of a part, without its end; returns its columns. */
unsigned int text_part(FILE *out, const struct part *part, const struct style *style)
{
	int column = fprintf(out, "  %-13s %12s  %8s", part->name, part->amount.s,
			     fmt_percent(part->ns, part->whole, ROOM_FULL).s);
	unsigned int room = style_columns(style) - (unsigned int)column - 2;
	struct bar bar =
		fmt_bar(part->ns, part->whole, room < BAR_CELLS ? room : BAR_CELLS, style->utf8);

	if (!*bar.s)
		return (unsigned int)column;
	fprintf(out, "  %s%s%s", paint(style, part->colour), bar.s, paint(style, PAINT_END));
	return (unsigned int)column + 2 + fmt_width(bar.s);
}
