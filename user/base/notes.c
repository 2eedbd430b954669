/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notes.c - see notes.h.
 *
 * What goes in: sentences. What comes out: each of them once, in the order in which they came.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/notes.h"
#include "base/xalloc.h"

#define LINE_MAX_BYTES 1024

/* Adds a finished line, unless it is there already. */
static bool add_line(struct notes *notes, const char *line, bool said)
{
	for (size_t i = 0; i < notes->count; i++)
		if (!strcmp(notes->line[i], line))
			return false;
	notes->line = xrealloc(notes->line, notes->count + 1, sizeof(*notes->line));
	notes->said = xrealloc(notes->said, notes->count + 1, sizeof(*notes->said));
	notes->said[notes->count] = said;
	notes->line[notes->count++] = xstrdup(line);
	return true;
}

/* Adds a line, unless it is there already. */
bool notes_add(struct notes *notes, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return add_line(notes, line, false);
}

/* Adds a line and says it on stderr, unless it is there already. */
void notes_warn(struct notes *notes, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (add_line(notes, line, true))
		log_warn("%s", line);
}

/* Adds all lines of another. */
void notes_join(struct notes *notes, const struct notes *more)
{
	for (size_t i = 0; i < more->count; i++)
		add_line(notes, more->line[i], more->said[i]);
}

/* Frees all lines and leaves none. */
void notes_clear(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->line[i]);
	free(notes->line);
	free(notes->said);
	*notes = (struct notes){0};
}
