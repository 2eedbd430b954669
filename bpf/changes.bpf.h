/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.bpf.h - processes that may have become what the user looks for, or ceased to be it.
 *
 * What goes in: a process that runs another program, gets another name, a socket, a port, another
 * user or cgroup. What comes out: its number, in the order of the events, once between two readings
 * of user space; how many there was no room for, so that user space looks at all processes.
 */
#ifndef IOPHASE_CHANGES_BPF_H
#define IOPHASE_CHANGES_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1);
} changes SEC(".maps");

/* In which round a process was told of last; of one that was forgotten is told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} told_of SEC(".maps");

/* Whether user space wants to know; set before load. */
const volatile bool with_changes = false;

__u64 changes_lost = 0;

/* User space begins another one before it reads: what was told in this one is still to be read. */
__u32 changes_round = 0;

/* Tells of a process; `taken_in` if the books of its current thread have just been opened. */
static __noinline int change_tell(__u32 tgid, __u32 taken_in)
{
	struct change change = {tgid, taken_in};

	if (bpf_ringbuf_output(&changes, &change, sizeof(change), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&changes_lost, 1);
	return 0;
}

/* Notes that the process with that number is not what it was. */
static __noinline int change_note(__u32 tgid)
{
	__u32 round = *(volatile __u32 *)&changes_round, *last;

	if (!with_changes)
		return 0;
	last = bpf_map_lookup_elem(&told_of, &tgid);
	if (last && *last == round)
		return 0;
	/* Should it fail, it is told once more. */
	bpf_map_update_elem(&told_of, &tgid, &round, BPF_ANY);
	return change_tell(tgid, 0);
}

#endif
