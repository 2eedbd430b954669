/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.h - turns the books of threads into snapshots of tasks, and remembers those that have
 * died.
 */
#ifndef IOPHASE_LEDGER_H
#define IOPHASE_LEDGER_H

#include "books/books.h"

/* Exited tasks kept one by one; what dies after that many is summed under pid 0. */
#define LEDGER_EXITED_MAX 4096

/* What dead threads have left, by process and, if asked for, by thread. A zeroed one is empty. */
struct ledger {
	bool threads; /* by thread too */
	struct task_list dead_processes;
	struct task_list dead_threads;
};

/* Moves the books of thread `index` into the ledger and frees them; false if it has not died. */
bool ledger_bury(struct ledger *l, struct books *b, uint32_t index);

/* Fills the tasks of *s: what is in the ledger, and what was in the books when they were copied. */
void ledger_read(const struct ledger *l, const struct books *b, const struct books_copy *copy,
		 struct snapshot *s);

void ledger_clear(struct ledger *l);

#endif
