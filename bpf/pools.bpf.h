/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.bpf.h - user space puts free indexes into the pools.
 *
 * What goes in: the variables below, written by user space, which then runs the program by
 * BPF_PROG_TEST_RUN. What comes out: the indexes on a free list. User space does not update the
 * list by bpf(2) itself: while that updates a map, the kernel skips all tracepoint programs on the
 * CPU (bpf_disable_instrumentation), and the call may be pre-empted: calls of the traced threads
 * would be missed. Running a program forbids nothing, and takes many indexes at once.
 */
#ifndef IOPHASE_POOLS_BPF_H
#define IOPHASE_POOLS_BPF_H

__u32 push_pool = 0; /* enum pool */
__u32 push_count = 0;
__u32 push_index[PUSH_MAX] = {};

/* Puts one index on a free list; 0 or -errno. */
static __always_inline long push_free(__u32 pool, __u32 index)
{
	switch (pool) {
	case POOL_THREADS:
		return bpf_map_push_elem(&free_threads, &index, 0);
	case POOL_ROWS:
		return bpf_map_push_elem(&free_rows, &index, 0);
	case POOL_UPSTREAMS:
		return bpf_map_push_elem(&free_upstreams, &index, 0);
	}
	return bpf_map_push_elem(&free_octaves, &index, 0);
}

/* Returns how many of the push_count indexes it has put there, the first ones. */
SEC("raw_tp/pool_push")
int pool_push(void *ctx)
{
	__u32 i;

	for (i = 0; i < PUSH_MAX && i < push_count; i++)
		if (push_free(push_pool, push_index[i]))
			break;
	return i;
}

#endif
