/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * log.c - messages to the person at the terminal.
 *
 * What goes in: a printf format and its arguments, which may hold anything that comes from outside:
 * the comm of a process, an argument, a path. What comes out: exactly one line on stderr, in one
 * write, in which nothing but its end is a control character.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "base/write_within.h"

enum {
	LINE_MAX_BYTES = 4096, /* what is longer is cut */
	STATUS_MAX_BYTES = 128,
	PATIENCE_MS = 1000,   /* with a stderr that takes nothing, */
	PATIENCE_LOST_MS = 1, /* and after that, until it takes something again */
};

static bool verbose;
static void (*listens)(void *context, const char *message);
static void *listens_context;
static size_t
	status_length; /* bytes, all ASCII, of the line that stands on the terminal; 0: none */

/* Has messages go to somebody else than stderr. */
void log_listen(void (*listener)(void *context, const char *message), void *context)
{
	listens = listener;
	listens_context = context;
}

/* Lets log_info() print, or not. */
void log_set_verbose(bool on)
{
	verbose = on;
}

/* The length (bytes) of the printable UTF-8 character at the start of text, or 0. */
static size_t printable_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c;
	size_t length = utf8_decode(s, strnlen(text, 4), &c);

	return length && utf8_printable(c) ? length : 0;
}

/* Copies text with what is not printable as \xNN; returns the length (bytes) of the copy. */
size_t log_escape(char *safe, size_t room, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t length = printable_length(text);
		size_t need = length ? length : 4;

		if (used + need >= room)
			break;
		if (length) {
			memcpy(safe + used, text, length);
			text += length;
		} else {
			snprintf(safe + used, room - used, "\\x%02x", (uint8_t)*text);
			text++;
		}
		used += need;
	}
	safe[used] = '\0';
	return used;
}

/* Writes bytes to stderr, as far as it takes them. */
static void print(const char *bytes, size_t length)
{
	static unsigned int patience = PATIENCE_MS;

	while (length > 0) {
		ssize_t written = write_within(STDERR_FILENO, bytes, length, patience);

		/* There is nobody left to tell that stderr is closed, full or stalled. */
		patience = written > 0 ? PATIENCE_MS : PATIENCE_LOST_MS;
		if (written <= 0)
			return;
		bytes += written;
		length -= (size_t)written;
	}
}

/* Prints one line; a message that is too long is cut. */
static void print_line(const char *format, va_list args)
{
	static const char prefix[] = "iophase: ";
	char message[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
	size_t length = sizeof(prefix) - 1;

	vsnprintf(message, sizeof(message), format, args);
	memcpy(line, prefix, length);
	length += log_escape(line + length, sizeof(line) - length - 1, message);
	if (listens) {
		listens(listens_context, line + sizeof(prefix) - 1);
		return;
	}
	line[length++] = '\n';
	log_status_end();
	print(line, length);
}

/* Shows a line that does not stay. */
void log_status(unsigned int columns, const char *format, ...)
{
	char line[STATUS_MAX_BYTES];
	size_t most = columns > 0 ? columns - 1 : 0;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length < 0)
		return;
	most = most < sizeof(line) - 1 ? most : sizeof(line) - 1;
	log_status_end();
	status_length = (size_t)length < most ? (size_t)length : most;
	print(line, status_length);
}

/* Takes away the line that does not stay: not every terminal knows how to erase one. */
void log_status_end(void)
{
	char blank[STATUS_MAX_BYTES + 2];

	if (!status_length)
		return;
	memset(blank, ' ', sizeof(blank));
	blank[0] = '\r';
	blank[status_length + 1] = '\r';
	print(blank, status_length + 2);
	status_length = 0;
}

/* Says in one line why something failed. */
void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

/* Says in one line what the user should know although the program goes on. */
void log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

/* Says in one line what only somebody who asked for details wants to know. */
void log_info(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	print_line(format, args);
	va_end(args);
}
