/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hist.h - a histogram of durations in the buckets of abi.h, and its percentiles.
 */
#ifndef IOPHASE_HIST_H
#define IOPHASE_HIST_H

#include "base/types.h"

/* An octave in which nothing was counted takes no memory. A zeroed struct hist is empty. */
struct hist {
	struct octave *octave[OCTAVES];
};

/* Adds the counts of one octave. */
void hist_add_octave(struct hist *h, unsigned int octave, const struct octave *counts);

/* Adds all counts of `from` to `h`. */
void hist_add(struct hist *h, const struct hist *from);

/* Takes the counts of `earlier` off `h`; they never exceed those of h. */
void hist_subtract(struct hist *h, const struct hist *earlier);

/* The number of durations counted. */
uint64_t hist_count(const struct hist *h);

/* The number of those from `from` to `to` ns, both to the bucket. */
uint64_t hist_within(const struct hist *h, uint64_t from, uint64_t to);

/*
 * The duration (ns) that the fraction q (0..1) of all durations does not exceed: the upper end of
 * its bucket. `zeros` durations of 0 ns count too, although they are in no bucket. 0 if there are
 * none.
 */
uint64_t hist_percentile(const struct hist *h, uint64_t zeros, double q);

/* The upper end (ns) of the highest bucket in use, 0 if the histogram is empty. */
uint64_t hist_upper(const struct hist *h);

/*
 * The largest (ns) of the durations of a window, which are in a histogram, if the largest ever was
 * `earlier` at its beginning and `later` at its end: known exactly if it is the largest so far,
 * else to the bucket.
 */
uint64_t hist_window_max(uint64_t earlier, uint64_t later, const struct hist *in_window);

/* Frees the counts and leaves an empty histogram. */
void hist_clear(struct hist *h);

/* The largest duration (ns) that counts in a bucket (octave * STEPS + step). */
uint64_t hist_bucket_upper(unsigned int bucket);

#endif
