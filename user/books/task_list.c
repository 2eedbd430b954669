/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_list.c - see task_list.h.
 *
 * What goes in: pids and tids. What comes out: the sums of each, in order; those of thousands lie
 * in large pages.
 */
#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "base/search.h"
#include "base/xalloc.h"
#include "books/task_list.h"

enum {
	BLOCK_MAX = 64,	  /* tasks of a block; */
	LARGE_FROM = 256, /* once there are so many, a block is a large page */
};

/*
 * Tasks that are allocated and freed together. Thousands of threads have as many tasks in each of
 * three lists, and one by one they took malloc longer than all else that is done for a report.
 */
struct task_block {
	struct task_block *next;
	size_t used, room;
	size_t size; /* bytes */
	struct task_sums task[];
};

/* By what a list is in order. */
struct task_id {
	pid_t pid, tid;
};

/* Whether a task comes before another one. */
static bool is_before(const void *task, const void *wanted)
{
	const struct task_sums *t = *(struct task_sums *const *)task;
	const struct task_id *id = wanted;

	return t->pid < id->pid || (t->pid == id->pid && t->tid < id->tid);
}

/* Where (pid, tid) is in the list, or where it belongs. */
static size_t task_list_place(const struct task_list *list, pid_t pid, pid_t tid)
{
	const struct task_id id = {pid, tid};
	size_t count = list->count;

	/* Most lists are made in their order. */
	if (count && is_before(&list->task[count - 1], &id))
		return count;
	return search_place(list->task, count, sizeof(*list->task), &id, is_before);
}

/* The task (pid, tid) of the list, or NULL. */
struct task_sums *task_list_find(const struct task_list *list, pid_t pid, pid_t tid)
{
	size_t place = task_list_place(list, pid, tid);

	if (place >= list->count || list->task[place]->pid != pid || list->task[place]->tid != tid)
		return NULL;
	return list->task[place];
}

/* Adds a block of further tasks, all zero, to the list. */
static struct task_block *block_new(struct task_list *list)
{
	size_t room = list->count < BLOCK_MAX ? list->count + 1 : BLOCK_MAX;
	size_t size = sizeof(struct task_block) + room * sizeof(struct task_sums);
	struct task_block *block;

	if (list->count >= LARGE_FROM) {
		size = LARGE_PAGE;
		room = (size - sizeof(*block)) / sizeof(block->task[0]);
	}
	block = large_alloc(size);
	*block = (struct task_block){.next = list->blocks, .room = room, .size = size};
	list->blocks = block;
	return block;
}

/* A task for the list, all zero. */
static struct task_sums *task_new(struct task_list *list)
{
	struct task_sums *task = list->spare;
	struct task_block *block = list->blocks;

	if (task) {
		list->spare = task->next_spare;
		memset(task, 0, sizeof(*task));
		return task;
	}
	if (!block || block->used == block->room)
		block = block_new(list);
	return &block->task[block->used++];
}

/* The task (pid, tid) of the list; it is added, all zero, if it is not there yet. */
struct task_sums *task_list_get(struct task_list *list, pid_t pid, pid_t tid)
{
	struct task_sums *task = task_list_find(list, pid, tid);
	size_t place;

	if (task)
		return task;
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->task = xrealloc(list->task, list->room, sizeof(*list->task));
	}
	place = task_list_place(list, pid, tid);
	memmove(list->task + place + 1, list->task + place,
		(list->count - place) * sizeof(*list->task));
	task = task_new(list);
	task->pid = pid;
	task->tid = tid;
	list->task[place] = task;
	list->count++;
	return task;
}

/* Removes and frees the tasks that were summed up. */
void task_list_sweep(struct task_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct task_sums *task = list->task[i];

		if (!task->gone) {
			list->task[kept++] = task;
			continue;
		}
		task_clear(task);
		task->next_spare = list->spare;
		list->spare = task;
	}
	list->count = kept;
}

/* Removes and frees every task of the list. */
void task_list_clear(struct task_list *list)
{
	struct task_block *block = list->blocks;

	for (size_t i = 0; i < list->count; i++)
		task_clear(list->task[i]);
	while (block) {
		struct task_block *next = block->next;

		large_free(block, block->size);
		block = next;
	}
	free(list->task);
	*list = (struct task_list){0};
}

/* Adds a task of the list, which has ended, to its heir; task_list_sweep() takes it out. */
void task_list_sum_up(struct task_sums *task, struct task_sums *heir)
{
	task_add(heir, task);
	heir->summed += task->summed ? task->summed : 1;
	task->gone = true;
}
