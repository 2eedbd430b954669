/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hashes.c - see hashes.h.
 *
 * What goes in: numbers. What comes out: whether they have been there. A hash takes 16 to 32 bytes,
 * however long its text is.
 */
#include <stdlib.h>

#include "base/hashes.h"
#include "base/xalloc.h"

enum {
	PLACES_FIRST = 1024,
};

/* A number for a text (FNV-1a, 64 bits); two texts have the same one once in 2^64 times. */
uint64_t hash_of_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 0x100000001b3ULL;
	return hash ? hash : 1;
}

/* Where a hash is, or belongs. */
static uint64_t *place_of(const struct hashes *h, uint64_t hash)
{
	size_t i = hash & (h->places - 1);

	while (h->hash[i] && h->hash[i] != hash)
		i = (i + 1) & (h->places - 1);
	return &h->hash[i];
}

/* Makes room for another hash: at most half of the places are used. */
static void grow(struct hashes *h)
{
	struct hashes larger = *h;

	if (h->places && h->count < h->places / 2)
		return;
	larger.places = h->places ? 2 * h->places : PLACES_FIRST;
	larger.hash = xcalloc(larger.places, sizeof(*larger.hash));
	for (size_t i = 0; i < h->places; i++)
		if (h->hash[i])
			*place_of(&larger, h->hash[i]) = h->hash[i];
	free(h->hash);
	*h = larger;
}

/* Notes one; whether it is new. */
bool hashes_add(struct hashes *h, uint64_t hash)
{
	uint64_t *place;

	grow(h);
	place = place_of(h, hash);
	if (*place)
		return false;
	*place = hash;
	h->count++;
	return true;
}

/* Empties it. */
void hashes_clear(struct hashes *h)
{
	free(h->hash);
	*h = (struct hashes){0};
}
