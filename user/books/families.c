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

/* Notes of a child that it does not accept where its parent does. */
static void note_apart(const struct shape_evidence *parent, struct shape_evidence *child)
{
	child->accepts_apart =
		child->accepts_at && parent->accepts_at && child->accepts_at != parent->accepts_at;
}

/* Tells a process whether one of its children reads what it has accepted. */
static void note_reading(struct shape_evidence *parent, const struct shape_evidence *child)
{
	parent->child_readers += evidence_is_served_child(child);
	parent->child_servers += evidence_serves(child);
	/* Who reads several has them by messages, perhaps, and lives on. */
	parent->child_given +=
		evidence_serves(child) && child->given &&
		child->served.loop_connections + child->served.worker_connections <= 1;
}

/* Tells a process where the clients of one of its children come in. */
static void note_listener(struct shape_evidence *parent, const struct shape_evidence *child)
{
	bool accepts = child->accepts || child->takers;

	/* One that is born later and does not accept was perhaps made for its connection. */
	if (!child->listener || (!accepts && !child->adopted))
		return;
	if (!parent->child_listener)
		parent->child_listener = child->listener;
	if (child->listener != parent->child_listener)
		return;
	parent->child_workers++;
	parent->child_accepters += accepts;
}

/* Tells a process what one of its children was seen doing. */
void families_note(struct task_sums *parent, const struct shape_evidence *child)
{
	struct shape_evidence known = *child;

	note_apart(&parent->evidence, &known);
	note_reading(&parent->evidence, &known);
	note_listener(&parent->evidence, &known);
}

/* Tells each process of the list what its children in the list were seen doing. */
void families_join(struct task_list *processes)
{
	/* Who is born later has the greater number: a child knows of its own children by then. */
	for (size_t i = processes->count; i-- > 0;) {
		struct task_sums *child = processes->task[i];
		struct task_sums *parent = families_parent(child, processes);

		if (!parent)
			continue;
		note_apart(&parent->evidence, &child->evidence);
		note_reading(&parent->evidence, &child->evidence);
	}
	for (size_t i = 0; i < processes->count; i++) {
		const struct task_sums *child = processes->task[i];
		struct task_sums *parent = families_parent(child, processes);

		if (parent)
			note_listener(&parent->evidence, &child->evidence);
	}
}
