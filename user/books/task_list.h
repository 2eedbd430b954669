/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_list.h - lists of tasks with their sums, in the order of their numbers.
 */
#ifndef IOPHASE_TASK_LIST_H
#define IOPHASE_TASK_LIST_H

#include <sys/types.h>

#include "books/task_sums.h"

struct task_block;

/*
 * Tasks in the order of (pid, tid). What was let go is summed in its heir: a thread in (pid, 0) of
 * a list of threads while its process is known, else, as a process, in (0, 0).
 */
struct task_list {
	struct task_sums **task;
	size_t count, room;
	struct task_block *blocks; /* where the tasks are; the newest block first */
	struct task_sums *spare;   /* those that were removed, to be used again */
};

/* The task (pid, tid) of the list; it is added, all zero, if it is not there yet. */
struct task_sums *task_list_get(struct task_list *list, pid_t pid, pid_t tid);

/* The task (pid, tid) of the list, or NULL. */
struct task_sums *task_list_find(const struct task_list *list, pid_t pid, pid_t tid);

/* Adds a task of the list, which has ended, to its heir; task_list_sweep() takes it out. */
void task_list_sum_up(struct task_sums *task, struct task_sums *heir);

/* Removes and frees the tasks that were summed up. */
void task_list_sweep(struct task_list *list);

/* Removes and frees every task of the list. */
void task_list_clear(struct task_list *list);

#endif
