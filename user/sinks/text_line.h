/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_line.h - what the blocks of the text report are written with: lines, colours, bars.
 */
#ifndef IOPHASE_TEXT_LINE_H
#define IOPHASE_TEXT_LINE_H

#include "sinks/line.h"
#include "sinks/sink.h"

/* A part of some time, as a line with a bar. */
struct part {
	const char *name;
	const char *colour;
	struct text amount; /* what is said of it: its time, or its mean */
	uint64_t ns, whole;
};

/* A line as wide as the place of the output has them; further ones are indented. */
struct line text_line(FILE *out, const struct style *style, unsigned int indent);

/* What starts a stretch of colour; PAINT_END ends it. */
const char *paint(const struct style *style, const char *code);

#define PAINT_BOLD "\033[1m"
#define PAINT_END  "\033[0m"

/* Writes the line of a part, without its end; returns its columns. */
unsigned int text_part(FILE *out, const struct part *part, const struct style *style);

#endif
