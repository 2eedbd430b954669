/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt_comm.c - names made safe to print.
 *
 * What goes in: any bytes, as prctl(PR_SET_NAME) takes them, or bind(). What comes out: text of one
 * line that moves no cursor, hides nothing and reorders nothing. The locale plays no part.
 */
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/utf8.h"

/* Writes any bytes as text of one line without control over a terminal. */
char *fmt_escaped(char *to, const char *bytes, size_t length, bool utf8)
{
	const unsigned char *s = (const unsigned char *)bytes;
	uint32_t c = 0;

	for (size_t i = 0, n; i < length; i += n) {
		n = utf8_decode(s + i, length - i, &c);
		if (n && utf8_printable(c) && (n == 1 || utf8)) {
			if (c == '\\')
				*to++ = '\\';
			to = mempcpy(to, s + i, n);
			continue;
		}
		if (!n)
			n = 1;
		for (size_t j = 0; j < n; j++)
			to += sprintf(to, "\\x%02x", s[i + j]);
	}
	*to = '\0';
	return to;
}

/* The value of a digit of \xNN, -1 if it is none. */
static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = c ? strchr(digits, c) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

/* Undoes what fmt_escaped() did: the number of bytes, or -1 if it is no such text, or too long. */
long fmt_unescaped(char *to, size_t room, const char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; used++) {
		int high, low;

		if (used == room)
			return -1;
		if (text[i] != '\\') {
			to[used] = text[i++];
		} else if (i + 1 < length && text[i + 1] == '\\') {
			to[used] = '\\';
			i += 2;
		} else {
			if (i + 3 >= length || text[i + 1] != 'x')
				return -1;
			high = hex_value(text[i + 2]);
			low = hex_value(text[i + 3]);
			if (high < 0 || low < 0)
				return -1;
			to[used] = (char)(high * 16 + low);
			i += 4;
		}
	}
	return (long)used;
}

/* A comm as text of one line without control over a terminal. */
struct comm_text fmt_comm(const char comm[COMM_LEN], bool utf8)
{
	struct comm_text t;

	fmt_escaped(t.s, comm, strnlen(comm, COMM_LEN), utf8);
	return t;
}

/* The columns of a terminal that a text of valid UTF-8 takes. */
unsigned int fmt_width(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t room = strlen(s), n;
	unsigned int width = 0;
	uint32_t c = 0;

	for (; room > 0; u += n, room -= n) {
		n = utf8_decode(u, room, &c);
		if (!n) {
			n = 1;
			width++;
		} else {
			width += utf8_width(c);
		}
	}
	return width;
}
