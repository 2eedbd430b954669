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

/* Frees the pids and leaves an empty list. */
void pid_list_clear(struct pid_list *list)
{
	free(list->pid);
	*list = (struct pid_list){0};
}
