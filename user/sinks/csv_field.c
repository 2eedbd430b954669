/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * csv_field.c - see csv_field.h.
 *
 * What goes in: text in which what is not printable is \xNN and a backslash is \\ (fmt_comm).
 * What comes out: a field in which that holds too, so whoever undoes it has the bytes again.
 */
#include <stdbool.h>
#include <string.h>

#include "sinks/csv_field.h"

/*
 * The length (bytes) of the character that makes a formula of a text that begins with it, or 0. The
 * wide forms count where a spreadsheet runs in an East Asian language.
 */
static size_t formula_length(const char *s)
{
	static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};

	if (*s && strchr("=+-@\t\r\n", *s))
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (!strncmp(s, wide[i], strlen(wide[i])))
			return strlen(wide[i]);
	return 0;
}

/* Writes the text with each quote doubled. */
static void write_doubled(FILE *out, const char *s, size_t length)
{
	const char *quote;

	while (length && (quote = memchr(s, '"', length))) {
		size_t until = (size_t)(quote + 1 - s);

		fwrite(s, 1, until, out);
		putc('"', out);
		s += until;
		length -= until;
	}
	fwrite(s, 1, length, out);
}

/* Writes a field of CSV: quoted if need be, quotes doubled, never a formula. */
void csv_write_field(FILE *out, const char *s)
{
	size_t length = strlen(s), blanks = strspn(s, " "), formula = formula_length(s + blanks);
	/* Some readers strip blanks at the ends of a field that is not quoted. */
	bool quoted = blanks || (length && s[length - 1] == ' ') || s[strcspn(s, ",\"\r\n")];

	if (quoted)
		putc('"', out);
	if (blanks)
		fwrite(s, 1, blanks, out);
	for (size_t i = blanks; i < blanks + formula; i++)
		fprintf(out, "\\x%02x", (unsigned char)s[i]);
	write_doubled(out, s + blanks + formula, length - blanks - formula);
	if (quoted)
		putc('"', out);
}
