/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * series.c - see series.h.
 *
 * What goes in: hashes. What comes out: whether there is room. A series that was written once is
 * written for ever: its counter may not vanish because another one came.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "sinks/series.h"

enum {
	PLACES_FIRST = 1024,
};

/* A number for a text (FNV-1a, 64 bits), 0 for none; its end counts. */
uint64_t series_hash(uint64_t seed, const char *text)
{
	uint64_t hash = seed;

	do
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	while (*text++);
	return hash ? hash : 1;
}

/* Where a hash is, or belongs. */
static uint64_t *place_of(const struct series_set *set, uint64_t hash)
{
	size_t i = hash & (set->places - 1);

	while (set->hash[i] && set->hash[i] != hash)
		i = (i + 1) & (set->places - 1);
	return &set->hash[i];
}

/* Makes room for another hash: at most half of the places are used. */
static void grow(struct series_set *set)
{
	struct series_set larger = *set;

	if (set->places && set->count < set->places / 2)
		return;
	larger.places = set->places ? 2 * set->places : PLACES_FIRST;
	larger.hash = xcalloc(larger.places, sizeof(*larger.hash));
	for (size_t i = 0; i < set->places; i++)
		if (set->hash[i])
			*place_of(&larger, set->hash[i]) = set->hash[i];
	free(set->hash);
	*set = larger;
}

/* Whether what has this hash, and is `weight` series, may be written. */
bool series_admit(struct series_set *set, uint64_t hash, size_t weight)
{
	uint64_t *place;

	grow(set);
	place = place_of(set, hash);
	if (*place)
		return true;
	if (set->most && set->series + weight > set->most) {
		set->refused = true;
		return false;
	}
	*place = hash;
	set->count++;
	set->series += weight;
	return true;
}

/* Empties it. */
void series_clear(struct series_set *set)
{
	free(set->hash);
	*set = (struct series_set){.most = set->most};
}
