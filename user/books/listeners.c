/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listeners.c - see listeners.h.
 *
 * What goes in: listening sockets, one by one. What comes out: the backlogs of their processes.
 * Pure: no kernel, no clock, no I/O.
 */
#include "base/xalloc.h"
#include "books/listeners.h"
#include "books/snapshot.h"

/* The count of a process in the list, added if need be. */
static uint64_t *drops_of(struct drops_list *drops, pid_t pid)
{
	for (size_t i = 0; i < drops->count; i++)
		if (drops->process[i].pid == pid)
			return &drops->process[i].dropped;
	drops->process = xrealloc(drops->process, drops->count + 1, sizeof(*drops->process));
	drops->process[drops->count] = (struct process_drops){.pid = pid};
	return &drops->process[drops->count++].dropped;
}

/* Adds what was told of a listener. */
void listeners_note(struct task_list *processes, struct drops_list *drops, const struct listener *l)
{
	struct task_sums *task = task_list_find(processes, (pid_t)l->tgid, 0);

	if (l->dropped)
		*drops_of(drops, (pid_t)l->tgid) += l->dropped;
	if (task)
		backlog_add(&task->backlog, l);
}

/* Tells processes what they have dropped. */
void listeners_fill(struct task_list *processes, const struct drops_list *drops)
{
	for (size_t i = 0; i < drops->count; i++) {
		struct task_sums *task = task_list_find(processes, drops->process[i].pid, 0);

		if (task)
			task->backlog.dropped = drops->process[i].dropped;
	}
}
