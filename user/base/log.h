/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * log.h - messages to the person at the terminal: one line each, on stderr.
 */
#ifndef IOPHASE_LOG_H
#define IOPHASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Each prints one line "iophase: ...". What is no printable text in it, is shown as \xNN. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, but only after log_set_verbose(true). */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

void log_set_verbose(bool on);

/*
 * Has each message, escaped and without what stands before it on stderr, go to `listener` instead,
 * with `context`; NULL: to stderr again. For who has the terminal as a whole.
 */
void log_listen(void (*listener)(void *context, const char *message), void *context);

/*
 * Shows a line on stderr that the next one takes the place of, or the next message; cut to so many
 * columns. For a terminal. log_status_end() takes it away.
 */
void log_status(unsigned int columns, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_status_end(void);

/*
 * Copies text to `safe` with every control character and every byte that is not UTF-8 as \xNN; the
 * copy is cut short if room (bytes, the final NUL included) does not suffice. Returns its length.
 */
size_t log_escape(char *safe, size_t room, const char *text);

#endif
