/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * maps.bpf.h - the maps, the knobs and the counters of what was lost.
 *
 * What goes in: sizes and knobs, which user space sets before it loads. What comes out: a thread's
 * struct thread, row and octaves, found or taken from their pools.
 *
 * A thread keeps its struct thread for its life; rows and octaves stay with that struct thread for
 * good and serve the next thread that gets it. See pools.bpf.h.
 */
#ifndef IOPHASE_MAPS_BPF_H
#define IOPHASE_MAPS_BPF_H

/*
 * Since some version after 6.18 the kernel may pre-empt a program that runs in the context of a
 * process. The scheduler's programs would then find the books of that thread half written, and
 * programs of other threads on that CPU would be skipped. 6.10 brought the means to forbid it. They
 * are not used before 6.17, which brought bpf_strcmp(): until then nothing is pre-empted, and until
 * 6.15 global functions could not be called where that is forbidden.
 */
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
extern int bpf_strcmp(const char *one, const char *other) __ksym __weak;

/* Begins the part of a program that must not be pre-empted. */
static __always_inline void undisturbed_begin(void)
{
	if (bpf_strcmp)
		bpf_preempt_disable();
}

/* Ends it, on every way out. */
static __always_inline void undisturbed_end(void)
{
	if (bpf_strcmp)
		bpf_preempt_enable();
}

/* Knobs, set before load. */
const volatile struct op_traits op_traits[MAX_OPS] = {};
const volatile __u8 op_of_nr[MAX_NR] = {};
const volatile bool follow = false; /* trace the descendants too */
const volatile bool light = false;  /* no hooks on system calls, see light.bpf.h */
#ifdef ONLY_LIGHT
#define light true
#endif

/* The switch that user space throws when all is in place, and throws back before it reports. */
bool armed = false;

/* The process that waits to become the command that is to be measured, until it does; 0: none. */
__u32 command = 0;

/* Shared by all CPUs, so added to atomically; these events are rare. */
__u64 lost[LOSTS] = {};
__u64 births = 0;
__u64 deaths = 0;

struct tid_page {
	__u16 thread[TIDS_PER_PAGE]; /* index into threads, 0: not traced */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct tid_page);
	__uint(max_entries, 1);
} tids SEC(".maps");

/*
 * Who may make the struct thread of a tid: whoever inserts it first, a birth or user space; who may
 * end it: whoever deletes it. The value is when the thread was started, so that one that was left
 * behind is no claim of the next thread with that tid.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC); /* of the most that there may be few are there */
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} claims SEC(".maps");

/* Threads that user space has let go while they lived, by tid: to be told when they come back. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct let_go);
	__uint(max_entries, 1);
} left_threads SEC(".maps");

/* When the window in progress began (ns): the latest snapshot; 0: there was none. */
__u64 window_from = 0;

/* Counts one loss of the given kind. */
static __always_inline void lose(__u32 kind)
{
	__sync_fetch_and_add(&lost[bounded(kind, LOSTS)], 1);
}

/* The place of a tid in tids, or NULL when the tid is beyond pid_max. */
static __always_inline __u16 *tid_entry(__u32 tid)
{
	__u32 page = tid / TIDS_PER_PAGE;
	struct tid_page *p = bpf_map_lookup_elem(&tids, &page);

	return p ? &p->thread[tid % TIDS_PER_PAGE] : 0;
}

/* The struct thread of a tid, or NULL when the thread is not traced. */
static __always_inline struct thread *thread_of(__u32 tid)
{
	__u16 *entry = tid_entry(tid);

	return entry && *entry ? thread_at(*entry) : 0;
}

/* The struct thread of the thread that runs this program, or NULL. */
static __always_inline struct thread *thread_current(void)
{
	return thread_of((__u32)bpf_get_current_pid_tgid());
}

/* The row of call op in t's books, taken from the pool at its first use; NULL when that is empty:
 * then a loss of that kind is counted. */
static __always_inline struct row *row_or_lose(struct thread *t, __u32 op, __u32 loss)
{
	__u32 index = t->row[op % MAX_OPS];

	if (!index) {
		index = take_row();
		if (!index) {
			lose(loss);
			return 0;
		}
		t->row[op % MAX_OPS] = index;
	}
	return row_at(index);
}

/* The same of a call. */
static __always_inline struct row *row_of(struct thread *t, __u32 op)
{
	return row_or_lose(t, op, LOST_CALLS);
}

/* The octaves of a histogram. */
struct octaves {
	__u32 index[OCTAVES];
};

/* Counts a duration (ns) in the histogram whose octaves are listed in `list`. */
once_or_inline int hist_count(struct octaves *list, __u64 ns)
{
	__u32 bucket = hist_bucket(ns);
	struct octave *octave;
	__u32 *slot, index;

	if (!list)
		return 0;
	slot = &list->index[bounded(bucket / STEPS, OCTAVES)];
	index = *slot;
	if (!index) {
		index = take_octave();
		if (!index) {
			lose(LOST_SAMPLES);
			return 0;
		}
		*slot = index;
	}
	octave = octave_at(index);
	if (octave)
		octave->step[bucket % STEPS]++;
	return 0;
}

/* The same of a list as a row has it. */
#define hist_add(list, ns) hist_count((struct octaves *)(list), ns)

#endif
