/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * notes.h - lines about what is not seen or not known, gathered for the report.
 */
#ifndef IOPHASE_NOTES_H
#define IOPHASE_NOTES_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed, it holds none. */
struct notes {
	char **line;
	bool *said; /* on stderr already */
	size_t count;
};

/* Adds a line, written as by printf, unless it is there already. Returns whether it was new. */
__attribute__((format(printf, 2, 3))) bool notes_add(struct notes *notes, const char *format, ...);

/* The same, and says it on stderr too, where those hear of it who read no report. */
__attribute__((format(printf, 2, 3))) void notes_warn(struct notes *notes, const char *format, ...);

/* Adds all lines of another. */
void notes_join(struct notes *notes, const struct notes *more);

void notes_clear(struct notes *notes);

#endif
