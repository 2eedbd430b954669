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

/* Tells a process what one of its children was seen doing. */
void families_note(struct task_sums *parent, const struct shape_evidence *child)
{
	struct shape_evidence *e = &parent->evidence;

	e->child_readers += evidence_is_served_child(child);
	if (!e->child_listener)
		e->child_listener = child->listener;
	if (child->listener && child->listener == e->child_listener)
		e->child_accepters++;
}

/* Tells each process of the list what its children in the list were seen doing. */
void families_join(struct task_list *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		struct task_sums *parent = families_parent(processes->task[i], processes);

		if (parent)
			families_note(parent, &processes->task[i]->evidence);
	}
}
