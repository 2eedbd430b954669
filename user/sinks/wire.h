/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wire.h - messages in the encoding of Protocol Buffers (protobuf.dev/programming-guides/encoding):
 * numbers, texts and messages within messages, each behind the number of its field.
 */
#ifndef IOPHASE_WIRE_H
#define IOPHASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_ROOM = 4096, /* bytes of a message at most */
};

/* A message that is being made. A zeroed one is empty. */
struct wire {
	uint8_t bytes[WIRE_ROOM];
	size_t size;
	bool cut; /* something had no room, and is left out */
};

/* Empties it. */
void wire_begin(struct wire *w);

/* Adds a field that is a number: an integer that is not negative, an enum, a bool. */
void wire_number(struct wire *w, unsigned int field, uint64_t value);

/* Adds a field that is a text of `length` bytes. */
void wire_text(struct wire *w, unsigned int field, const char *text, size_t length);

/* Adds a field that is a message. */
void wire_message(struct wire *w, unsigned int field, const struct wire *inner);

#endif
