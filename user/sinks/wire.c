/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wire.c - see wire.h.
 *
 * What goes in: fields. What comes out: their bytes. A field that has no room is left out as a
 * whole.
 */
#include <string.h>

#include "sinks/wire.h"

enum {
	KIND_VARINT = 0,
	KIND_LENGTH = 2,
	VARINT_MAX = 10, /* bytes of a number of 64 bits */
};

/* Empties it: what was in it need not be overwritten. */
void wire_begin(struct wire *w)
{
	w->size = 0;
	w->cut = false;
}

/* Writes a number, seven bits a byte, the lowest first; how many bytes it takes. */
static size_t put_varint(uint8_t *to, uint64_t value)
{
	size_t size = 0;

	for (; value > 0x7f; value >>= 7)
		to[size++] = (uint8_t)(value | 0x80);
	to[size++] = (uint8_t)value;
	return size;
}

/* Adds a field of one of the kinds: two numbers, and what is behind them. */
static void add(struct wire *w, uint64_t tag, uint64_t value, const void *bytes, size_t size)
{
	if (w->size + 2 * (size_t)VARINT_MAX + size > sizeof(w->bytes)) {
		w->cut = true;
		return;
	}
	w->size += put_varint(w->bytes + w->size, tag);
	w->size += put_varint(w->bytes + w->size, value);
	if (size)
		memcpy(w->bytes + w->size, bytes, size);
	w->size += size;
}

void wire_number(struct wire *w, unsigned int field, uint64_t value)
{
	add(w, field << 3 | KIND_VARINT, value, NULL, 0);
}

void wire_text(struct wire *w, unsigned int field, const char *text, size_t length)
{
	add(w, field << 3 | KIND_LENGTH, length, text, length);
}

void wire_message(struct wire *w, unsigned int field, const struct wire *inner)
{
	w->cut |= inner->cut;
	add(w, field << 3 | KIND_LENGTH, inner->size, inner->bytes, inner->size);
}
