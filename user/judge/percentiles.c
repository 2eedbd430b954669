/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * percentiles.c - see percentiles.h.
 *
 * What goes in: a histogram. What comes out: its percentiles. Pure: no kernel, clock, I/O.
 */
#include "judge/percentiles.h"

/* The percentile, known to the bucket and never above the largest. */
static uint64_t percentile(const struct hist *h, uint64_t zeros, double q, uint64_t max)
{
	uint64_t p = hist_percentile(h, zeros, q);

	return p < max ? p : max;
}

/* The percentiles of `count` numbers, of which those that are missing in the histogram were 0. */
struct percentiles percentiles_of(const struct hist *h, uint64_t count, uint64_t max)
{
	uint64_t counted = hist_count(h), zeros = count > counted ? count - counted : 0;

	return (struct percentiles){
		.p50 = percentile(h, zeros, 0.50, max),
		.p90 = percentile(h, zeros, 0.90, max),
		.p99 = percentile(h, zeros, 0.99, max),
		.max = max,
	};
}
