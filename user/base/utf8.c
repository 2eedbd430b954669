/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * utf8.c - see utf8.h.
 *
 * What goes in: any bytes. What comes out: characters, and what a terminal makes of them. The
 * locale plays no part.
 */
#include "base/types.h"
#include "base/utf8.h"

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
size_t utf8_decode(const unsigned char *s, size_t room, uint32_t *c)
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

/* Whether a terminal shows the character. */
bool utf8_printable(uint32_t c)
{
	return !IN(unprintable, c);
}

/* How many columns of a terminal the character takes. */
unsigned int utf8_width(uint32_t c)
{
	if (IN(narrow, c))
		return 0;
	return IN(wide, c) ? 2 : 1;
}
