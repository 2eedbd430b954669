/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * family.h - the processes of a window that belong together, and what they came to as one.
 */
#ifndef IOPHASE_FAMILY_H
#define IOPHASE_FAMILY_H

#include "books/snapshot.h"

/*
 * The family of a process of the list: the pid of the process that was asked for, or of the eldest
 * ancestor that was; its own if there is none.
 */
pid_t family_of(const struct task_sums *process, const struct task_list *processes);

/* A family as one task: what all of its processes came to, in the window and since the attach. */
struct family_sum {
	struct task_sums window, ever;
};

/* Adds a process of a window to the sum, which is zeroed at first and cleared at last. */
void family_add(struct family_sum *sum, const struct task_sums *process);

void family_clear(struct family_sum *sum);

#endif
