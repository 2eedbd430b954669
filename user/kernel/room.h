/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * room.h - how many entries a pool is to have.
 *
 * Pure: who makes them is pools.c. Numbers of entries are those of the last index: index 0 is
 * unused.
 */
#ifndef IOPHASE_ROOM_H
#define IOPHASE_ROOM_H

#include <stdint.h>

/* How a pool grows. */
struct room_rule {
	uint32_t spare; /* no fewer are to be free; so many make up for the time that growing takes
			 */
	uint32_t max;	/* entries, at most */
};

/* What a pool begins with if `needed` entries are taken at once. */
uint32_t room_first(const struct room_rule *rule, uint64_t needed);

/* What a pool is to have that has `given`, of which `taken` were taken; `given` if that is enough.
 */
uint32_t room_next(const struct room_rule *rule, uint32_t taken, uint32_t given);

/* The index with which one that has `given` runs low, so that it is to grow; 0: it may not. */
uint32_t room_low(const struct room_rule *rule, uint32_t given);

/* The most that are free at a time of a pool that has begun with `first`. */
uint32_t room_free_most(const struct room_rule *rule, uint32_t first, uint32_t per_segment);

#endif
