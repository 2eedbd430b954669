/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/bounded.h - numbers as the verifier wants them: an index into an array, one to forget, a
 * difference without a branch; and functions as it wants them.
 *
 * What goes in: a number that came from memory. What comes out: a number that is below the size.
 * It holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_BOUNDED_H
#define IOPHASE_COMMON_BOUNDED_H

/* libbpf has it since 0.6; Ubuntu 22.04 has 0.5. */
#ifndef barrier_var
#define barrier_var(var) __asm__ __volatile__("" : "+r"(var))
#endif

/*
 * index, if it is below size, else 0. The compiler, which may know that it always is, must not drop
 * the comparison by which the verifier knows it.
 */
#define bounded(index, size)                                                                       \
	({                                                                                         \
		__u64 bounded_ = (index);                                                          \
		barrier_var(bounded_);                                                             \
		if (bounded_ >= (size))                                                            \
			bounded_ = 0;                                                              \
		bounded_;                                                                          \
	})

/*
 * The same number, but one that the verifier does not know, with the help of any that it does not
 * know: of each constant that a variable may hold it would follow anew all that comes after.
 */
#define forgotten(number, unknown)                                                                 \
	({                                                                                         \
		__u64 forgotten_ = (number), mask_ = (unknown);                                    \
		forgotten_ ^= mask_;                                                               \
		barrier_var(forgotten_);                                                           \
		forgotten_ ^= mask_;                                                               \
		forgotten_;                                                                        \
	})

/*
 * Before a function. In light.bpf.o, which no kernel before 6.3 gets, it is a global one: the
 * verifier goes through it once, for any arguments, and not once for each way that leads there. In
 * iophase.bpf.o it is in line, or apart, but gone through on each way: a kernel before 5.12 does
 * not let a global function have pointers.
 */
#ifdef ONLY_LIGHT
#define once_or_inline __noinline
#define once_or_apart  __noinline
#else
#define once_or_inline static __always_inline
#define once_or_apart  static __noinline
#endif

/*
 * How much later a is than b (ns), 0 if it is not. Without a branch: the verifier would follow each
 * of the many ways through several of them.
 */
static __always_inline __u64 later_by(__u64 a, __u64 b)
{
	__s64 by = (__s64)(a - b), none;

	barrier_var(by);
	none = by >> 63; /* all ones if it is negative */
	barrier_var(none);
	return by & ~none;
}

#endif
