/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/hist.h - in which bucket a duration counts.
 *
 * What goes in: nanoseconds. What comes out: octave and step, as abi.h describes them. The unit
 * tests compile it as it is; user/books/hist.c holds the way back, from a bucket to its bounds.
 */
#ifndef IOPHASE_COMMON_HIST_H
#define IOPHASE_COMMON_HIST_H

/* The number of the highest bit set in v, 0 for v = 0; there is no such BPF instruction. */
static __always_inline __u32 hist_log2(__u64 v)
{
	__u32 n = 0;

	if (v >> 32) {
		n += 32;
		v >>= 32;
	}
	if (v >> 16) {
		n += 16;
		v >>= 16;
	}
	if (v >> 8) {
		n += 8;
		v >>= 8;
	}
	if (v >> 4) {
		n += 4;
		v >>= 4;
	}
	if (v >> 2) {
		n += 2;
		v >>= 2;
	}
	return n + (v >> 1);
}

/* The bucket of a duration (ns): octave * STEPS + step; what is too long counts in the last one. */
static __always_inline __u32 hist_bucket(__u64 ns)
{
	__u32 log2;

	if (ns < STEPS)
		return ns;
	log2 = hist_log2(ns);
	if (log2 - 3 >= OCTAVES)
		return BUCKETS - 1;
	return (log2 - 3) * STEPS + ((ns >> (log2 - 4)) & (STEPS - 1));
}

#endif
