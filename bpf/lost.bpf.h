/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lost.bpf.h - threads that are meant and have no books: there was no room.
 *
 * What goes in: threads that find none, what becomes of them, and births. What comes out: each is
 * counted once, and whom it makes, which has books if there is room by then, or is lost, too.
 *
 * Nothing is asked here but at births, execs and deaths, and of threads without books where their
 * sockets are to give them some.
 */
#ifndef IOPHASE_LOST_BPF_H
#define IOPHASE_LOST_BPF_H

/* Those that live, by tid. User space adds those that it found no books for. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC); /* mostly there is none */
	__type(key, __u32);
	__type(value, struct lost_thread);
	__uint(max_entries, 1);
} lost_threads SEC(".maps");

/* Whether there was one ever: it spares look-ups where there was none. */
bool any_lost = false;

/*
 * Counts thread tid as one that has no books, for that reason; once: without hooks on calls whoever
 * has none is tried anew with each use of a socket.
 */
static __noinline void lose_thread(__u32 tid, const struct lost_thread *as, __u32 kind)
{
	struct lost_thread *counted = bpf_map_lookup_elem(&lost_threads, &tid);

	if (counted && counted->start == as->start)
		return;
	any_lost = true;
	/* Should it fail, it may be counted again, and whom it makes is not. */
	if (bpf_map_update_elem(&lost_threads, &tid, as, BPF_ANY))
		lose(LOST_CHILDREN);
	lose(kind);
}

/* The family of the current thread if it is lost, as a child of it has it; 0: it is not lost. */
static __always_inline __u32 lost_family(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 tid = bpf_get_current_pid_tgid();
	struct lost_thread *lost;

	if (!any_lost)
		return 0;
	lost = bpf_map_lookup_elem(&lost_threads, &tid);
	/* Another one of that tid may have died unseen. */
	if (!lost || lost->start != BPF_CORE_READ(task, start_boottime) / NSEC_PER_TICK)
		return 0;
	return lost->family;
}

/* A thread dies, which may be lost. */
static __always_inline void lost_ends(__u32 tid)
{
	if (any_lost)
		bpf_map_delete_elem(&lost_threads, &tid);
}

/* A process runs another program, by the thread that was `was` and has its first one's tid now. If
 * that one is lost, it still is; but whom a 32-bit process makes is not meant. */
static __always_inline void lost_renamed(__u32 was, __u32 tid, __u32 start, bool is_meant)
{
	struct lost_thread *lost = bpf_map_lookup_elem(&lost_threads, &was);
	struct lost_thread now;

	if (!lost || lost->tgid != tid || (was == tid && is_meant))
		return;
	now = (struct lost_thread){start, tid, lost->family};
	bpf_map_delete_elem(&lost_threads, &was);
	if (is_meant && bpf_map_update_elem(&lost_threads, &tid, &now, BPF_ANY))
		lose(LOST_CHILDREN);
}

#endif
