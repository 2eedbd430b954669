/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * books.h - sums made of the pools of the kernel half.
 *
 * Plain memory: who maps it is the collector's business, so the unit tests bring their own.
 */
#ifndef IOPHASE_BOOKS_H
#define IOPHASE_BOOKS_H

#include "books/memory.h"
#include "books/snapshot.h"

/* A thread that was there before us. */
struct thread_id {
	pid_t pid, tid;
	pid_t parent;	/* of a process's first thread: the process that made it, 0: not known */
	pid_t family;	/* the process that was asked for: its own, or an ancestor */
	uint32_t start; /* when it was started, in ticks since boot */
};

/* Books of all threads in use at one instant. A zeroed one is empty and can be used again. */
struct books_copy {
	struct thread *thread;
	size_t count, room;
	uint64_t torn; /* threads whose books moved during every one of many tries to copy them */
};

/*
 * Copies the books of all threads, with the call and phase in progress charged until `now` (ns). A
 * torn one is off by what happened in the time of one copy.
 */
void books_copy(struct books *b, uint64_t now, struct books_copy *copy);

void books_copy_clear(struct books_copy *copy);

/* Adds a thread's books to the sums of a task: its process, or itself. */
void books_add(const struct books *b, const struct thread *t, struct task_sums *task);

/* Fills an empty list with the upstreams that have answered; those with an index above `used` are
 * free. */
void books_read_upstreams(const struct books *b, uint32_t used, struct upstream_list *list);

/* Says the last word of the books of a thread that is gone: dead, at now (ns). */
void books_close(struct books *b, uint32_t index, uint64_t now);

/* Makes thread `index` ready for the next thread: what its rows and octaves counted is zeroed. */
void books_free(struct books *b, uint32_t index);

/*
 * Makes thread `index` the books of a thread that was there before us: its clock starts now (ns)
 * and its call and phase are unknown until an event or a seed tells.
 */
void books_open(struct books *b, uint32_t index, const struct thread_id *id, uint64_t now);

/* The first index that no thread has used yet; the stack of free indexes hands out low ones first.
 */
uint32_t books_end(struct books *b);

#endif
