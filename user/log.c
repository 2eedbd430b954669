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

#include "log.h"

enum {
	LINE_MAX_BYTES = 4096, /* what is longer is cut */
};

static bool verbose;

/* Lets log_info() print, or not. */
void log_set_verbose(bool on)
{
	verbose = on;
}

/*
 * The length (bytes) of the printable UTF-8 character at the start of text, or 0 if there is none:
 * control characters (C0, DEL, C1, line separators, changes of direction) count as none.
 */
static size_t printable_length(const char *text)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t first; /* the lowest code point that needs this length */
	} form[] = {
		{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	const uint8_t *byte = (const uint8_t *)text;

	for (size_t more = 0; more < sizeof(form) / sizeof(form[0]); more++) {
		uint32_t code = byte[0] & (uint8_t)~form[more].mask;

		if ((byte[0] & form[more].mask) != form[more].lead)
			continue;
		for (size_t i = 1; i <= more; i++) {
			if ((byte[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (byte[i] & 0x3f);
		}
		if (code < form[more].first || code == 0x7f || code > 0x10ffff)
			return 0;
		if ((code >= 0xd800 && code <= 0xdfff) || (code >= 0x2028 && code <= 0x202e) ||
		    (code >= 0x2066 && code <= 0x2069))
			return 0;
		return more + 1;
	}
	return 0;
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

/* Prints one line; a message that is too long is cut. */
static void print_line(const char *format, va_list args)
{
	static const char prefix[] = "iophase: ";
	char message[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
	const char *rest = line;
	size_t length = sizeof(prefix) - 1;

	vsnprintf(message, sizeof(message), format, args);
	memcpy(line, prefix, length);
	length += log_escape(line + length, sizeof(line) - length - 1, message);
	line[length++] = '\n';

	while (length > 0) {
		ssize_t written = write(STDERR_FILENO, rest, length);

		/* There is nobody left to tell that stderr is closed or full. */
		if (written <= 0)
			return;
		rest += written;
		length -= (size_t)written;
	}
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
