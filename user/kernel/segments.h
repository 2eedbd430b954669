/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * segments.h - the memory of a pool, which grows: segments, seen by the kernel half one by one and
 * by us as one piece.
 */
#ifndef IOPHASE_SEGMENTS_H
#define IOPHASE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segments {
	int outer;	     /* the map that is to hold them */
	uint32_t value_size; /* bytes of an entry */
	uint32_t each;	     /* entries of a segment */
	uint32_t made,
		most; /* segments: how many are in our memory, and are or will be in the map */
	char *values; /* our memory: all is reserved, that of the made ones is mapped */
};

/* Segments on their way into the maps. A zeroed one is empty. */
struct parcels {
	struct parcel **parcel;
	size_t count, room;
};

/* Reserves our memory for all segments, none of which is made; 0 or -errno. */
int segments_reserve(struct segments *s);

/*
 * Makes what a pool lacks of so many segments, and sends them off; 0 or -errno: then fewer are
 * made. The kernel half finds each within microseconds, and the first ones first.
 */
int segments_make(struct segments *s, uint32_t wanted, struct parcels *on_the_way);

/*
 * Forgets those that have arrived, or, if `wait`, waits until all have, which may take a second.
 * Returns 0, or the -errno of one that was not taken: it is not made then, nor are those behind it.
 */
int segments_settle(struct parcels *on_the_way, bool wait);

/* Gives our memory back; what is in it is not to be looked at any more. */
void segments_release(struct segments *s);

#endif
