/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sweep.h - looks at all books, a slice at a time, for what the kernel half has not told of.
 */
#ifndef IOPHASE_SWEEP_H
#define IOPHASE_SWEEP_H

#include <sys/types.h>

#include "base/types.h"
#include "books/books.h"
#include "proc/pids.h"

#define SWEEP_TIME (10 * NSEC_PER_SEC) /* ns that a look at all books takes */
#define SWEEP_BETWEEN                                                                              \
	(500 * NSEC_PER_MSEC) /* ns, at least, between two at who seems to be gone                 \
			       */

enum {
	SWEEP_WHOLE =
		6, /* of so many looks at all books one also asks of those who have not moved */
};

/* What has been found; `arg` is the caller's. */
struct sweep_found {
	void (*missed)(void *arg, uint32_t index); /* living books of a thread that is gone */
	void (*dead)(void *arg, uint32_t index);   /* books that are closed, and were not told of */
	void *arg;
};

/* How far the looking has come. A zeroed one begins. */
struct sweep {
	uint64_t began, before; /* ns, this look at all books, and the one before it; 0: none */
	uint64_t again;		/* ns, when those that seemed to be gone were looked at */
	unsigned int looks;	/* at all books, that were begun */
	uint32_t next;		/* books to look at next */
	struct pid_list newer, older; /* indexes of books whose thread seemed to be gone */
};

/*
 * Looks at the next slice of the books, as it is due at `now` (ns). A thread is gone if it is so
 * twice, some time apart: one that becomes its process's first by an exec leaves its number in
 * /proc before we are told. One whose clock has not moved since it was seen alive is so still: a
 * thread that ends leaves its CPU for the last time, and that is another event than its death.
 */
void sweep_step(struct sweep *s, struct books *b, uint64_t now, const struct sweep_found *found);

/* Looks at all threads of a process that has ended: there, once is enough. */
void sweep_process(struct books *b, pid_t pid, const struct sweep_found *found);

void sweep_clear(struct sweep *s);

#endif
