/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_print.c - see check_print.h.
 *
 * What goes in: what the probes found. What comes out: a line for each, and for what is missing
 * why, what that costs and how to get it.
 */
#include "app/check_print.h"
#include "sinks/line.h"

enum {
	NAME_COLUMNS = 29,
	STATE_COLUMNS = 15,
};

static const char *const state_words[CAP_STATES] = {
	[CAP_WORKS] = "works",
	[CAP_LACKS] = "lacks",
	[CAP_DENIED] = "not permitted",
	[CAP_UNKNOWN] = "not known",
};

/* Writes a line of the table. */
static void print_row(FILE *out, const char *name, const char *state, const char *purpose)
{
	fprintf(out, "%-*s%-*s%s\n", NAME_COLUMNS, name, STATE_COLUMNS, state, purpose);
}

/* Writes a sentence under its thing, if there is one. */
static void print_sentence(FILE *out, const char *heading, const char *text)
{
	struct line l = {.out = out, .columns = LINE_COLUMNS, .indent = 14};

	if (!text)
		return;
	l.column = (unsigned int)fprintf(out, "    %-10s", heading);
	line_add_words(&l, "", text);
	line_end(&l);
}

/* Writes what is to be known of something that is not there. */
static void print_missing(FILE *out, const struct cap_found *f)
{
	fprintf(out, "\n  %s: %s\n", f->name, state_words[f->state]);
	print_sentence(out, "why", f->missing);
	if (f->state == CAP_UNKNOWN)
		return;
	print_sentence(out, "costs", f->costs ? f->costs : "everything: nothing can be measured");
	print_sentence(out, "get it", f->get);
}

/* Writes the table, and what to do. */
void check_print(FILE *out, const struct cap_survey *s)
{
	bool headed = false;

	print_row(out, "WHAT", "STATE", "WHAT FOR");
	for (size_t i = 0; i < s->count; i++)
		print_row(out, s->found[i].name, state_words[s->found[i].state],
			  s->found[i].purpose);
	for (size_t i = 0; i < s->count; i++) {
		if (s->found[i].state == CAP_WORKS)
			continue;
		if (!headed)
			fputs("\nNOT THERE, OR NOT KNOWN\n", out);
		headed = true;
		print_missing(out, &s->found[i]);
	}
}
