/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * family.c - see family.h.
 *
 * What goes in: the processes of a window. What comes out: whose family each is of, and sums. Pure:
 * no kernel, no clock, no I/O.
 */
#include "books/families.h"
#include "judge/family.h"

/* The family of a process of the list. */
pid_t family_of(const struct task_sums *process, const struct task_list *processes)
{
	const struct task_sums *parent = process;

	/* Under pid 0 those are summed that there was no room for: of one family, or of several. */
	if (!process->pid)
		return process->family;
	/* A pid that was used again may close a circle: no line is longer than all processes. */
	for (size_t i = 0; parent && i < processes->count; i++) {
		process = parent;
		parent = families_parent(process, processes);
	}
	/* Who was asked for may have ended before the window. */
	return process->family ? process->family : process->pid;
}

/* Adds a process of a window to the sum. */
void family_add(struct family_sum *sum, const struct task_sums *process)
{
	task_add(&sum->window, process);
	if (process->ever)
		task_add(&sum->ever, process->ever);
	sum->window.ever = &sum->ever;
}

void family_clear(struct family_sum *sum)
{
	task_clear(&sum->window);
	task_clear(&sum->ever);
}
