/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listeners.h - which process listening sockets belong to, and what each has dropped since the
 * attach.
 *
 * That is added up here: a socket that is closed takes its own count along.
 */
#ifndef IOPHASE_LISTENERS_H
#define IOPHASE_LISTENERS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/types.h"

struct task_list;

/* What processes have dropped since the attach. A zeroed one is empty. */
struct drops_list {
	struct process_drops {
		pid_t pid;
		uint64_t dropped;
	} * process;
	size_t count;
};

/* Adds what was told of a listener to its process in the list, if that is there, and what it has
 * dropped since it was told before. */
void listeners_note(struct task_list *processes, struct drops_list *drops,
		    const struct listener *l);

/* Tells processes what they have dropped. */
void listeners_fill(struct task_list *processes, const struct drops_list *drops);

#endif
