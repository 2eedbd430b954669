/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hist.c - a histogram of durations and its percentiles.
 *
 * What goes in: octaves of counts, as the kernel half keeps them. What comes out: sums, differences
 * and percentiles (ns). Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>

#include "books/hist.h"
#include "base/xalloc.h"
#include "common/hist.h"

/* The largest duration (ns) that counts in a bucket (octave * STEPS + step). */
uint64_t hist_bucket_upper(unsigned int bucket)
{
	unsigned int octave = bucket / STEPS, step = bucket % STEPS;

	if (octave == 0)
		return step;
	/* 16 steps of 2^(octave-1) ns from 2^(octave+3) ns on. */
	return ((uint64_t)(STEPS + step + 1) << (octave - 1)) - 1;
}

/* Whether nothing was counted in the octave. */
static bool octave_is_empty(const struct octave *o)
{
	for (unsigned int step = 0; step < STEPS; step++)
		if (o->step[step])
			return false;
	return true;
}

/* Adds the counts of one octave. */
void hist_add_octave(struct hist *h, unsigned int octave, const struct octave *counts)
{
	if (octave_is_empty(counts))
		return;
	if (!h->octave[octave])
		h->octave[octave] = xcalloc(1, sizeof(struct octave));
	for (unsigned int step = 0; step < STEPS; step++)
		h->octave[octave]->step[step] += counts->step[step];
}

/* Adds all counts of `from` to `h`. */
void hist_add(struct hist *h, const struct hist *from)
{
	for (unsigned int i = 0; i < OCTAVES; i++)
		if (from->octave[i])
			hist_add_octave(h, i, from->octave[i]);
}

/* Takes the counts of `earlier` off `h`, down to 0. */
void hist_subtract(struct hist *h, const struct hist *earlier)
{
	for (unsigned int i = 0; i < OCTAVES; i++) {
		struct octave *o = h->octave[i];

		if (!o || !earlier->octave[i])
			continue;
		for (unsigned int step = 0; step < STEPS; step++) {
			uint64_t less = earlier->octave[i]->step[step];

			o->step[step] -= less < o->step[step] ? less : o->step[step];
		}
		if (octave_is_empty(o)) {
			free(o);
			h->octave[i] = NULL;
		}
	}
}

/* The number of durations counted in an octave, 0 where it takes no memory. */
static uint64_t octave_count(const struct octave *o)
{
	uint64_t count = 0;

	for (unsigned int step = 0; o && step < STEPS; step++)
		count += o->step[step];
	return count;
}

/* The number of durations counted. */
uint64_t hist_count(const struct hist *h)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < OCTAVES; i++)
		count += octave_count(h->octave[i]);
	return count;
}

/* The number of durations in the buckets from that of `from` ns to that of `to` ns. */
uint64_t hist_within(const struct hist *h, uint64_t from, uint64_t to)
{
	uint64_t count = 0;

	for (unsigned int i = hist_bucket(from); i <= hist_bucket(to); i++)
		if (h->octave[i / STEPS])
			count += h->octave[i / STEPS]->step[i % STEPS];
	return count;
}

/* The place, from 1, that the fraction q of `count` durations in order ends at. */
static uint64_t rank_of(uint64_t count, double q)
{
	/* 0.07 * 100 is a hair above 7 and must not become the 8th. */
	double place = q * (double)count * (1 - 1e-12);

	return place < (double)(count - 1) ? (uint64_t)place + 1 : count;
}

/* The duration (ns) that the fraction q of all durations, `zeros` included, does not exceed. */
uint64_t hist_percentile(const struct hist *h, uint64_t zeros, double q)
{
	uint64_t count = hist_count(h) + zeros, seen = zeros, rank;

	if (!count)
		return 0;
	rank = rank_of(count, q);
	if (rank <= zeros)
		return 0;
	/* A report asks some thousand of them: octaves are passed by as a whole. */
	for (unsigned int i = 0; i < OCTAVES; i++) {
		const uint64_t within = octave_count(h->octave[i]);

		if (seen + within < rank) {
			seen += within;
			continue;
		}
		for (unsigned int step = 0; step < STEPS; step++) {
			seen += h->octave[i]->step[step];
			if (seen >= rank)
				return hist_bucket_upper(i * STEPS + step);
		}
	}
	return hist_upper(h);
}

/* The upper end (ns) of the highest bucket in use, 0 if the histogram is empty. */
uint64_t hist_upper(const struct hist *h)
{
	for (unsigned int i = OCTAVES; i-- > 0;)
		for (unsigned int step = h->octave[i] ? STEPS : 0; step-- > 0;)
			if (h->octave[i]->step[step])
				return hist_bucket_upper(i * STEPS + step);
	return 0;
}

/* The largest (ns) of the durations of a window, from the largest ever at its two ends. */
uint64_t hist_window_max(uint64_t earlier, uint64_t later, const struct hist *in_window)
{
	uint64_t upper;

	if (later > earlier)
		return later;
	upper = hist_upper(in_window);
	return upper < later ? upper : later;
}

/* Frees the counts and leaves an empty histogram. */
void hist_clear(struct hist *h)
{
	for (unsigned int i = 0; i < OCTAVES; i++) {
		free(h->octave[i]);
		h->octave[i] = NULL;
	}
}
