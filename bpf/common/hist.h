/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/hist.h - in which bucket a duration counts.
 *
 * What goes in: nanoseconds. What comes out: octave and step, as abi.h describes them. The unit
 * tests compile it as it is; user/books/hist.c holds the way back, from a bucket to its bounds.
 */
#ifndef IOPHASE_COMMON_HIST_H
#define IOPHASE_COMMON_HIST_H

/*
 * The number of the highest bit set in v, 0 for v = 0; there is no such BPF instruction. When all
 * bits below it are set too, the product with a de Bruijn sequence has a number of its own in its
 * upper six bits. Without a branch: the verifier would follow each way through this to the end.
 */
static __always_inline __u32 hist_log2(__u64 v)
{
	static const __u8 log2_of[64] = {
		0,  47, 1,  56, 48, 27, 2,  60, 57, 49, 41, 37, 28, 16, 3,  61,
		54, 58, 35, 52, 50, 42, 21, 44, 38, 32, 29, 23, 17, 11, 4,  62,
		46, 55, 26, 59, 40, 36, 15, 53, 34, 51, 20, 43, 31, 22, 10, 45,
		25, 39, 14, 33, 19, 30, 9,  24, 13, 18, 8,  12, 7,  6,	5,  63,
	};

	v |= v >> 1;
	v |= v >> 2;
	v |= v >> 4;
	v |= v >> 8;
	v |= v >> 16;
	v |= v >> 32;
	return log2_of[v * 0x03f79d71b4cb0a89ULL >> 58];
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
