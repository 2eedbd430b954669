/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * books.h - the pools of the kernel half as they lie in our memory, and sums made of them.
 *
 * Plain memory: who maps it is the collector's business, so the unit tests bring their own.
 */
#ifndef IOPHASE_BOOKS_H
#define IOPHASE_BOOKS_H

#include "snapshot.h"

/* The pools; index 0 of each is unused. */
struct books {
	struct thread *threads;
	struct row *rows;
	struct octave *octaves;
	uint32_t thread_count, row_count, octave_count;
};

/*
 * The end of thread `index`, filled in for reading: in *copy stand its books with the call and
 * phase in progress charged until `now` (ns). Returns false if the books moved during every one of
 * many tries; *copy is then off by what happened in one copy's time.
 */
bool books_copy(struct books *b, uint32_t index, uint64_t now, struct thread *copy);

/* Adds a thread's books to the sums of a task: its process, or itself. */
void books_add(const struct books *b, const struct thread *t, struct task_sums *task);

/* Makes thread `index` ready for the next thread: what its rows and octaves counted is zeroed. */
void books_free(struct books *b, uint32_t index);

/*
 * Makes thread `index` the books of a thread that was there before us: its clock starts now (ns)
 * and its call and phase are unknown until an event or a seed tells.
 */
void books_open(struct books *b, uint32_t index, pid_t pid, pid_t tid, uint64_t now);

/* The first index that no thread has used yet; the stack of free indexes hands out low ones first.
 */
uint32_t books_end(const struct books *b);

#endif
