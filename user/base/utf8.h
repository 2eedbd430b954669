/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * utf8.h - characters of UTF-8: read, and what a terminal makes of them.
 */
#ifndef IOPHASE_UTF8_H
#define IOPHASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads one character from at most `room` bytes (one at least): how many it has, and in *c its
 * number; 0 if the bytes are no valid UTF-8.
 */
size_t utf8_decode(const unsigned char *s, size_t room, uint32_t *c);

/* Whether a terminal shows the character, and does not obey it, hide it or reorder others by it. */
bool utf8_printable(uint32_t c);

/* How many columns of a terminal it takes: 0, 1 or 2. */
unsigned int utf8_width(uint32_t c);

#endif
