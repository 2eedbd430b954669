/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * series.h - which time series have been written: there may be so many of them and no more.
 */
#ifndef IOPHASE_SERIES_H
#define IOPHASE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty, and without a limit. */
struct series_set {
	uint64_t *hash; /* of each, 0: an unused place */
	size_t places;	/* a power of two */
	size_t count;	/* of hashes */
	size_t series;	/* that they stand for: a histogram is several */
	size_t most;	/* that there may be; 0: no limit */
	bool refused;	/* one has been, since this was cleared */
};

/* A number for a text of a series, to be begun with SERIES_SEED. */
#define SERIES_SEED 0xcbf29ce484222325ULL
uint64_t series_hash(uint64_t seed, const char *text);

/*
 * Whether what has this hash, and is `weight` series, may be written: it was before, or there is
 * room for it.
 */
bool series_admit(struct series_set *set, uint64_t hash, size_t weight);

void series_clear(struct series_set *set);

#endif
