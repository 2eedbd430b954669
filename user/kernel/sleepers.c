/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sleepers.c - see sleepers.h.
 *
 * What goes in: a pid. What comes out: what bpf/sleepers.bpf.h, which an iterator shows the threads
 * to, tells of those that are asleep.
 */
#include <errno.h>
#include <stdlib.h>
#include <bpf/libbpf.h>

#include "base/xalloc.h"
#include "kernel/iterate.h"
#include "kernel/sleepers.h"

/* Adds one to the list. */
static void take(void *arg, const void *record)
{
	struct sleeper_list *list = arg;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->sleeper = xrealloc(list->sleeper, list->room, sizeof(*list->sleeper));
	}
	list->sleeper[list->count++] = *(const struct sleeper *)record;
}

/* The order of tids. */
static int compare(const void *a, const void *b)
{
	const struct sleeper *x = a, *y = b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* Fills an empty list with the threads of a process that are asleep now. */
int sleepers_read(const struct bpf_program *program, pid_t pid, struct sleeper_list *list)
{
	const struct iterate_records records = {sizeof(struct sleeper), take, list};
	int err;

	if (!bpf_program__autoload(program))
		return -EOPNOTSUPP;
	err = iterate(program, pid, &records);
	if (list->count)
		qsort(list->sleeper, list->count, sizeof(*list->sleeper), compare);
	return err;
}

/* The thread of that number in the list, or NULL. */
const struct sleeper *sleepers_find(const struct sleeper_list *list, uint32_t tid)
{
	const struct sleeper key = {.tid = tid};

	return list->count ? bsearch(&key, list->sleeper, list->count, sizeof(key), compare) : NULL;
}

void sleepers_clear(struct sleeper_list *list)
{
	free(list->sleeper);
	*list = (struct sleeper_list){0};
}
