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

/* In which round a process was told of last, and what; of one that was forgotten is told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} told_of SEC(".maps");

/* Whether user space wants to know, and of the ports of those that are in the books, too; set
 * before load. */
const volatile bool with_changes = false;
const volatile bool ports_exclude = false;

__u64 changes_lost = 0;

/* User space begins another one before it reads: what was told in this one is still to be read. */
__u32 changes_round = 0;

/* What has changed of a process in a round is kept in so many bits, below the round. */
enum {
	ROUND_SHIFT = 2,
	ROUND_MASK = (1 << ROUND_SHIFT) - 1,
};

/* Tells of a process what has changed, and its name (of the kernel's). */
static __noinline int change_tell(__u32 tgid, __u32 flags, const char *comm)
{
	struct change change = {.tgid = tgid, .flags = flags};

	if (thread_of(tgid))
		change.flags |= CHANGED_KNOWN;
	bpf_probe_read_kernel_str(change.comm, sizeof(change.comm), comm);
	/* The first one since all was read wakes user space. */
	if (bpf_ringbuf_output(&changes, &change, sizeof(change), 0))
		__sync_fetch_and_add(&changes_lost, 1);
	return 0;
}

/* Notes that the process with that number and that name is not what it was. */
static __noinline int change_note(__u32 tgid, __u32 flag, const char *comm)
{
	__u32 round = *(volatile __u32 *)&changes_round << ROUND_SHIFT, *last, told = 0;

	if (!with_changes)
		return 0;
	last = bpf_map_lookup_elem(&told_of, &tgid);
	if (last && (*last & ~ROUND_MASK) == round)
		told = *last & ROUND_MASK;
	if (told & flag)
		return 0;
	round |= told | flag;
	/* Should it fail, it is told once more. */
	bpf_map_update_elem(&told_of, &tgid, &round, BPF_ANY);
	return change_tell(tgid, flag, comm);
}

/* What a process is called, whose thread this is: the name of its first thread, the kernel's. */
static __always_inline const char *name_of_process(struct task_struct *task)
{
	struct task_struct *first = BPF_CORE_READ(task, group_leader);

	return (const char *)__builtin_preserve_access_index(&first->comm);
}

#endif
