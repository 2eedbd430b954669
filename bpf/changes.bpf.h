/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.bpf.h - processes that may have become what the user looks for, or ceased to be it.
 *
 * What goes in: a process that runs another program, gets another name, or listens. What comes out:
 * its number, in the order of the events; how many there was no room for, so that user space looks
 * at all processes.
 */
#ifndef IOPHASE_CHANGES_BPF_H
#define IOPHASE_CHANGES_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1);
} changes SEC(".maps");

/* Whether user space wants to know; set before load. */
const volatile bool with_changes = false;

__u64 changes_lost = 0;

/* Notes that the process with that number is not what it was. */
static __noinline int change_note(__u32 tgid)
{
	if (with_changes && bpf_ringbuf_output(&changes, &tgid, sizeof(tgid), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&changes_lost, 1);
	return 0;
}

#endif
