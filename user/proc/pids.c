/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pids.c - see pids.h.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "proc/pids.h"

/* Adds a pid. */
void pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->pid = xrealloc(list->pid, list->room, sizeof(*list->pid));
	}
	list->pid[list->count++] = pid;
}

/* Whether the list holds a pid. */
bool pid_list_has(const struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->pid[i] == pid)
			return true;
	return false;
}

/* The order of pids. */
static int compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

/* Sorts the list, and leaves each pid in it once. */
void pid_list_unify(struct pid_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->pid, list->count, sizeof(*list->pid), compare);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || list->pid[kept - 1] != list->pid[i])
			list->pid[kept++] = list->pid[i];
	list->count = kept;
}

/* Frees the pids and leaves an empty list. */
void pid_list_clear(struct pid_list *list)
{
	free(list->pid);
	*list = (struct pid_list){0};
}
