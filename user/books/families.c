/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * families.c - see families.h.
 *
 * What goes in: the processes of a snapshot. What comes out: the evidence of children, added up at
 * their parents. Pure: no kernel, no clock, no I/O.
 */
#include "books/families.h"

/* The parent of a process, if it is in the list. */
struct task_sums *families_parent(const struct task_sums *process,
				  const struct task_list *processes)
{
	pid_t parent = process->evidence.parent;

	return parent ? task_list_find(processes, parent, 0) : NULL;
}

/* Tells each process of the list what its children in the list were seen doing. */
void families_join(struct task_list *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		const struct shape_evidence *child = &processes->task[i]->evidence;
		struct task_sums *process = families_parent(processes->task[i], processes);

		if (!process)
			continue;
		process->evidence.child_readers += evidence_is_served_child(child);
		if (!process->evidence.child_listener)
			process->evidence.child_listener = child->listener;
		if (child->listener && child->listener == process->evidence.child_listener)
			process->evidence.child_accepters++;
	}
}
