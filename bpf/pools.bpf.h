/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.bpf.h - the pools of struct threads, rows, octaves and upstreams, which grow.
 *
 * What goes in: segments, and indexes of entries that are free, both from user space, which puts
 * the segments into the maps below and then runs pool_push by BPF_PROG_TEST_RUN. What comes out:
 * entries, by their index or taken from a pool; how many were taken, and a word to user space when
 * few are left, or would be had it given those of the dead back.
 *
 * User space does not push indexes by bpf(2) itself: while that updates a map, the kernel skips all
 * tracepoint programs on the CPU (bpf_disable_instrumentation), and the call may be pre-empted:
 * calls of the traced threads would be missed. Running a program forbids nothing, and takes many
 * indexes at once.
 */
#ifndef IOPHASE_POOLS_BPF_H
#define IOPHASE_POOLS_BPF_H

/*
 * The segments of one pool, each an array that user space has in its memory, too. All are equal, so
 * that the kernel looks entries up without a call. There is one path to all entries: one of its own
 * for the first ones would be no quicker by as much as it would cost the verifier, who would follow
 * all that comes after once for each.
 */
#define SEGMENTS(name, type_of_entry, shift)                                                       \
	struct name##_segment {                                                                    \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(map_flags, BPF_F_MMAPABLE);                                                 \
		__uint(max_entries, 1 << (shift));                                                 \
		__uint(key_size, sizeof(__u32));                                                   \
		__uint(value_size, sizeof(type_of_entry));                                         \
	};                                                                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);                                          \
		__uint(max_entries, 1);                                                            \
		__type(key, __u32);                                                                \
		__array(values, struct name##_segment);                                            \
	} name SEC(".maps")

SEGMENTS(threads, struct thread, THREADS_SHIFT);
SEGMENTS(rows, struct row, ROWS_SHIFT);
SEGMENTS(octaves, struct octave, OCTAVES_SHIFT);
SEGMENTS(upstreams, struct upstream, UPSTREAMS_SHIFT);

/* Entries that nobody has had yet, the lowest first: so those in use are the first ones. */
struct fresh {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, __u32);
	__uint(max_entries, 1);
};

struct fresh fresh_threads SEC(".maps");
struct fresh fresh_rows SEC(".maps");
struct fresh fresh_octaves SEC(".maps");
struct fresh fresh_upstreams SEC(".maps");

/* Struct threads that have served a thread that has died; they are taken first. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__type(value, __u32);
	__uint(max_entries, 1);
} used_threads SEC(".maps");

/* The way to user space: indexes of threads that have died. Each is in it once, so there is room.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, __u32);
	__uint(max_entries, 1);
} dead SEC(".maps");

/* Wakes user space when a pool runs low, or many of the dead wait. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1);
} low SEC(".maps");

/* By enum pool: the highest fresh index taken, or nearly, should two CPUs take one at once; and the
 * one at which user space wants to be woken. */
__u32 pool_taken[POOLS] = {};
__u32 pool_low[POOLS] = {};

enum {
	DEAD_SHARE =
		4, /* so many times the dead that wait are free, or fewer: user space is woken */
};

/* How many struct threads can be taken; how many are in the queue of the dead; and whether user
 * space was woken for their sake since it last looked. */
__s32 free_threads = 0;
__s32 dead_threads = 0;
bool reap_asked = false;

/* An entry of a pool, NULL if it has no such segment. */
static __always_inline void *entry_at(void *segments, __u32 index, __u32 shift)
{
	__u32 key = index >> shift;
	void *segment = bpf_map_lookup_elem(segments, &key);

	key = index & ((1 << shift) - 1);
	return segment ? bpf_map_lookup_elem(segment, &key) : 0;
}

static __always_inline struct thread *thread_at(__u32 index)
{
	return entry_at(&threads, index, THREADS_SHIFT);
}

static __always_inline struct row *row_at(__u32 index)
{
	return entry_at(&rows, index, ROWS_SHIFT);
}

static __always_inline struct octave *octave_at(__u32 index)
{
	return entry_at(&octaves, index, OCTAVES_SHIFT);
}

static __always_inline struct upstream *upstream_at(__u32 index)
{
	return entry_at(&upstreams, index, UPSTREAMS_SHIFT);
}

/* Notes which index was taken, each one once, and tells user space when few are left; returns it.
 */
static __always_inline __u32 took(__u32 pool, __u32 index)
{
	pool_taken[pool] = index;
	if (index == pool_low[pool])
		bpf_ringbuf_output(&low, &pool, sizeof(pool), BPF_RB_FORCE_WAKEUP);
	return index;
}

/* Wakes user space, once, when it does not give the books of the dead back as quickly as others are
 * taken: at its next tick there might be none. */
static __noinline void ask_to_reap(void)
{
	__u32 pool = POOL_USED_THREADS;

	if (reap_asked || dead_threads <= 0 || dead_threads * DEAD_SHARE < free_threads)
		return;
	reap_asked = true;
	bpf_ringbuf_output(&low, &pool, sizeof(pool), BPF_RB_FORCE_WAKEUP);
}

/* Tells user space of books whose thread has died. */
static __always_inline void tell_dead(__u32 index)
{
	/* Should it fail, user space finds the dead when it looks at all books. */
	if (bpf_map_push_elem(&dead, &index, 0))
		return;
	__sync_fetch_and_add(&dead_threads, 1);
	ask_to_reap();
}

/* Takes a struct thread; its index, 0 if there is none. */
once_or_apart __u32 take_thread(void)
{
	__u32 index;

	if (bpf_map_pop_elem(&used_threads, &index))
		index = bpf_map_pop_elem(&fresh_threads, &index) ? 0 : took(POOL_THREADS, index);
	if (index)
		__sync_fetch_and_add(&free_threads, -1);
	ask_to_reap();
	return index;
}

/* The same of a row, an octave, an upstream. */
once_or_apart __u32 take_row(void)
{
	__u32 index;

	return bpf_map_pop_elem(&fresh_rows, &index) ? 0 : took(POOL_ROWS, index);
}

once_or_apart __u32 take_octave(void)
{
	__u32 index;

	return bpf_map_pop_elem(&fresh_octaves, &index) ? 0 : took(POOL_OCTAVES, index);
}

once_or_apart __u32 take_upstream(void)
{
	__u32 index;

	return bpf_map_pop_elem(&fresh_upstreams, &index) ? 0 : took(POOL_UPSTREAMS, index);
}

__u32 push_pool = 0; /* enum pool */
__u32 push_count = 0;
__u32 push_index[PUSH_MAX] = {};

/* Whether an entry is there: its segment may be on its way. */
static __always_inline bool is_there(__u32 pool, __u32 index)
{
	switch (pool) {
	case POOL_ROWS:
		return row_at(index);
	case POOL_OCTAVES:
		return octave_at(index);
	case POOL_UPSTREAMS:
		return upstream_at(index);
	}
	return thread_at(index);
}

/* Puts one index where it can be taken; 0 or -errno. A global function: the verifier looks at it
 * once, not once for each turn of the loop. */
__noinline int push_free(__u32 pool, __u32 index)
{
	switch (pool) {
	case POOL_THREADS:
		return bpf_map_push_elem(&fresh_threads, &index, 0);
	case POOL_ROWS:
		return bpf_map_push_elem(&fresh_rows, &index, 0);
	case POOL_UPSTREAMS:
		return bpf_map_push_elem(&fresh_upstreams, &index, 0);
	case POOL_USED_THREADS:
		return bpf_map_push_elem(&used_threads, &index, 0);
	}
	return bpf_map_push_elem(&fresh_octaves, &index, 0);
}

/* Returns how many of the push_count indexes it has put there, the first ones. */
SEC("raw_tp/pool_push")
int pool_push(void *ctx)
{
	__u32 i;

	/* Fresh ones follow each other, and used ones are there. */
	if (!is_there(push_pool, push_index[0]) ||
	    !is_there(push_pool, push_index[bounded(push_count - 1, PUSH_MAX)]))
		return 0;
	for (i = 0; i < PUSH_MAX && i < push_count; i++)
		if (push_free(push_pool, push_index[i]))
			break;
	if (push_pool == POOL_THREADS || push_pool == POOL_USED_THREADS)
		__sync_fetch_and_add(&free_threads, (__s32)i);
	return i;
}

#endif
