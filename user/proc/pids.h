/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pids.h - a list of pids, or of other numbers that /proc has as names.
 */
#ifndef IOPHASE_PIDS_H
#define IOPHASE_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A zeroed list is empty. */
struct pid_list {
	pid_t *pid;
	size_t count, room;
};

void pid_list_add(struct pid_list *list, pid_t pid);
bool pid_list_has(const struct pid_list *list, pid_t pid);

/* Sorts the list, and leaves each pid in it once. */
void pid_list_unify(struct pid_list *list);
void pid_list_clear(struct pid_list *list);

#endif
