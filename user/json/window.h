/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * window.h - what a window has of one process, as JSON: written by who records, read by who makes a
 * report of it again.
 */
#ifndef IOPHASE_JSON_WINDOW_H
#define IOPHASE_JSON_WINDOW_H

#include "json/fields.h"

struct window;
struct task_list;
struct task_sums;

/* The sums of a process, or of a thread. */
struct json_object *window_write_process(const struct window *w, pid_t pid);
struct json_object *window_write_thread(const struct window *w, pid_t pid, pid_t tid);

/* Tasks as they are read, in no order yet. Zeroed, it holds none. */
struct task_heap {
	struct task_sums **task; /* each by itself, with the sums since the attach behind it */
	size_t count, room;
};

/*
 * Reads the sums of a process or thread (which may have tid 0, if others are summed in it) into a
 * further task of the heap, and what else a process has into the window. False if they are none.
 */
bool window_read_task(struct window *w, struct task_heap *heap, pid_t pid, pid_t tid,
		      struct json_object *from, bool is_process, struct misread *m);

/*
 * Puts the tasks of a heap, which have all of their list's, into a list of the window, in their
 * order; false if one is there twice. The heap must outlive the window.
 */
bool window_take_tasks(struct task_list *list, struct task_heap *heap, struct misread *m);

/* Puts in order what is not a task. */
void window_sort(struct window *w);

void task_heap_clear(struct task_heap *heap);

#endif
