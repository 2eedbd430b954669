/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hashes.h - which texts there have been, by a number for each: how many they are is what counts.
 */
#ifndef IOPHASE_HASHES_H
#define IOPHASE_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty. */
struct hashes {
	uint64_t *hash; /* of each, 0: an unused place */
	size_t places;	/* a power of two */
	size_t count;
};

/* A number for a text, never 0. */
uint64_t hash_of_text(const char *text);

/* Notes one; whether it is new. */
bool hashes_add(struct hashes *h, uint64_t hash);

void hashes_clear(struct hashes *h);

#endif
