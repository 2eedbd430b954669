/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * percentiles.h - the few numbers that stand for a histogram.
 */
#ifndef IOPHASE_PERCENTILES_H
#define IOPHASE_PERCENTILES_H

#include "books/hist.h"

/* Times (ns), or other numbers: not above p50 for half of them, and so on; max is the largest. */
struct percentiles {
	uint64_t p50, p90, p99, max;
};

/*
 * The percentiles of `count` numbers, of which those that are missing in the histogram were 0, and
 * none was above max. With count 0 those in the histogram are all.
 */
struct percentiles percentiles_of(const struct hist *h, uint64_t count, uint64_t max);

#endif
