/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sweep.h - looks at all books, a slice at a time, for what the kernel half has not told of.
 */
#ifndef IOPHASE_SWEEP_H
#define IOPHASE_SWEEP_H

#include <sys/types.h>

#include "books/books.h"
#include "proc/pids.h"

enum {
	SWEEP_STEPS = 400,	  /* steps that take a look at all books once */
	SWEEP_STEPS_BETWEEN = 20, /* at least so many between two looks at who seems to be gone */
};

/* What has been found; `arg` is the caller's. */
struct sweep_found {
	void (*missed)(void *arg, uint32_t index); /* living books of a thread that is gone */
	void (*dead)(void *arg, uint32_t index);   /* books that are closed, and were not told of */
	void *arg;
};

/* How far the looking has come. A zeroed one begins. */
struct sweep {
	unsigned int step;
	uint32_t next;		      /* books to look at next */
	struct pid_list newer, older; /* indexes of books whose thread seemed to be gone */
};

/*
 * Looks at the next slice of the books. A thread is gone if it is so twice, some steps apart: one
 * that becomes its process's first by an exec leaves its number in /proc before we are told.
 */
void sweep_step(struct sweep *s, struct books *b, const struct sweep_found *found);

/* Looks at all threads of a process that has ended: there, once is enough. */
void sweep_process(struct books *b, pid_t pid, const struct sweep_found *found);

void sweep_clear(struct sweep *s);

#endif
