/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt_comm.c - the name of a task made safe to print.
 *
 * What goes in: any bytes, as prctl(PR_SET_NAME) takes them. What comes out: text of one line that
 * moves no cursor, hides nothing and reorders nothing. The locale plays no part.
 */
#include <stdio.h>
#include <string.h>

#include "fmt.h"

struct range {
	uint32_t first, last;
};

/* Characters that a terminal obeys, hides or reorders by instead of showing them. */
static const struct range unprintable[] = {
	{0x00, 0x1f},	  {0x7f, 0x9f},	      {0xad, 0xad},	  {0x61c, 0x61c},
	{0x180e, 0x180e}, {0x200b, 0x200f},   {0x2028, 0x202e},	  {0x2060, 0x206f},
	{0xd800, 0xdfff}, {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},	  {0xfff0, 0xfffb},
	{0xfffe, 0xffff}, {0x1fffe, 0x1ffff}, {0xe0000, 0xe0fff}, {0x10fffe, 0x10ffff},
};

/* Combining marks and variation selectors, which take no column of their own. */
static const struct range narrow[] = {
	{0x300, 0x36f},	  {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
	{0x64b, 0x65f},	  {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
	{0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

/* East Asian wide and full-width characters, and emoji: two columns. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
	{0xa960, 0xa97c},   {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},
	{0xff00, 0xff60},   {0xffe0, 0xffe6},	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
	{0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

#define IN(ranges, c) in_ranges(ranges, ARRAY_SIZE(ranges), c)

/* Whether the character is in one of the ranges. */
static bool in_ranges(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Reads one character of UTF-8: its bytes, and in *c its number; 0 if the bytes are none. */
static size_t decode(const unsigned char *s, size_t room, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (length == 1) {
		*c = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4 || length > room)
		return 0;
	*c = s[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c >= least[length] && *c <= 0x10ffff ? length : 0;
}

/* A comm as text of one line without control over a terminal. */
struct comm_text fmt_comm(const char comm[COMM_LEN], bool utf8)
{
	const unsigned char *s = (const unsigned char *)comm;
	size_t length = strnlen(comm, COMM_LEN);
	struct comm_text t;
	char *to = t.s;
	uint32_t c = 0;

	for (size_t i = 0, n; i < length; i += n) {
		n = decode(s + i, length - i, &c);
		if (n && !IN(unprintable, c) && (n == 1 || utf8)) {
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
		n = decode(u, room, &c);
		if (!n) {
			n = 1;
			width++;
		} else if (!IN(narrow, c)) {
			width += IN(wide, c) ? 2 : 1;
		}
	}
	return width;
}
