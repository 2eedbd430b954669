/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * families.h - parents and children among the processes of a snapshot.
 */
#ifndef IOPHASE_FAMILIES_H
#define IOPHASE_FAMILIES_H

#include "books/snapshot.h"

/* The parent of a process, if it is in the list; else NULL. */
struct task_sums *families_parent(const struct task_sums *process,
				  const struct task_list *processes);

/* Tells a process what one of its children was seen doing; to be done once for each child. */
void families_note(struct task_sums *parent, const struct shape_evidence *child);

/* Tells each process of the list what its children in the list were seen doing; to be done once. */
void families_join(struct task_list *processes);

#endif
