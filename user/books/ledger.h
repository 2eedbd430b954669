/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.h - turns the books of threads into snapshots of tasks, and remembers those that have
 * died.
 */
#ifndef IOPHASE_LEDGER_H
#define IOPHASE_LEDGER_H

#include "books/books.h"

/*
 * So many processes, and threads of processes, that have ended are kept one by one; of more, those
 * that ended first are summed: threads in one task of their process, processes under pid 0. The
 * first thread of a process that is kept, and what the dead of a living process have left, is never
 * let go.
 */
enum {
	LEDGER_EXITED_MAX = 4096,
	LEDGER_EXITED_KEPT = 3072, /* when there were more: so that it is not done at each death */
};

/* What dead threads have left, by process and, if asked for, by thread. A zeroed one is empty. */
struct ledger {
	bool threads; /* by thread too */
	struct task_list dead_processes;
	struct task_list dead_threads;
};

/* Moves the books of thread `index` into the ledger and frees them; false if it has not died. */
bool ledger_bury(struct ledger *l, struct books *b, uint32_t index);

/* Lets go of those that ended first, if there are too many: to be called when some were buried. */
void ledger_purge(struct ledger *l, struct books *b);

/* Lets go of all processes that have ended: where a snapshot has them and nobody asks about them
 * again. */
void ledger_forget(struct ledger *l, struct books *b);

/* Fills the tasks of *s: what is in the ledger, and what was in the books when they were copied. */
void ledger_read(const struct ledger *l, const struct books *b, const struct books_copy *copy,
		 struct snapshot *s);

void ledger_clear(struct ledger *l);

#endif
