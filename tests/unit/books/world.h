/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * world.h - made-up books for the tests of the ledger: threads that are born, make calls and die.
 */
#ifndef IOPHASE_TEST_WORLD_H
#define IOPHASE_TEST_WORLD_H

#include <string.h>

#include "unit.h"
#include "base/xalloc.h"
#include "books/ledger.h"

enum {
	PLACES = 64, /* threads that can be alive at once */
	OP = 1,	     /* any call */
	CALLS = 3,   /* of each thread */
	MANY = 2 * LEDGER_EXITED_MAX + 7,
};

/* Made-up books, in which thread i has row i; the clock, in ns; and all calls by now. */
struct world {
	struct books books;
	struct books_copy copy;
	struct ledger ledger;
	uint64_t now, calls;
};

static inline void reap(struct world *w)
{
	uint32_t end = books_end(&w->books);

	for (uint32_t i = 1; i < end; i++)
		ledger_bury(&w->ledger, &w->books, i);
	ledger_purge(&w->ledger, &w->books);
}

/* The first free place in the books; PLACES if there is none. */
static inline uint32_t free_place(const struct world *w)
{
	uint32_t index = 1;

	while (index < PLACES && w->books.threads[index].state != THREAD_FREE)
		index++;
	return index;
}

/* A thread is born; the dead make room for it. */
static inline struct thread *be_born(struct world *w, pid_t pid, pid_t tid)
{
	uint32_t index = free_place(w);

	if (index == PLACES) {
		reap(w);
		index = free_place(w);
	}
	assert_true(index < PLACES);
	books_open(&w->books, index, &(struct thread_id){.pid = pid, .tid = tid}, ++w->now);
	w->books.threads[index].row[OP] = index;
	w->books.threads[index].adopted = 0;
	memcpy(w->books.threads[index].comm, "worker", 7);
	return &w->books.threads[index];
}

/* It makes calls, of one byte each. */
static inline void make_calls(struct world *w, const struct thread *t, uint64_t calls)
{
	w->books.rows[t->row[OP]].outcome[OUT_OK] += calls;
	w->books.rows[t->row[OP]].bytes += calls;
	w->calls += calls;
}

/* It dies. */
static inline void die(struct world *w, struct thread *t)
{
	books_close(&w->books, (uint32_t)(t - w->books.threads), ++w->now);
}

/* A thread's whole life. */
static inline void live_and_die(struct world *w, pid_t pid, pid_t tid)
{
	struct thread *t = be_born(w, pid, tid);

	make_calls(w, t, CALLS);
	die(w, t);
}

/* What is known now. */
static inline struct snapshot look(struct world *w)
{
	struct snapshot s = {.at = ++w->now};

	reap(w);
	books_copy(&w->books, w->now, &w->copy);
	ledger_read(&w->ledger, &w->books, &w->copy, &s);
	return s;
}

static inline int make_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->books.threads = xcalloc(PLACES, sizeof(struct thread));
	w->books.rows = xcalloc(PLACES, sizeof(struct row));
	w->books.thread_count = w->books.row_count = PLACES;
	*state = w;
	return 0;
}

static inline int end_world(void **state)
{
	struct world *w = *state;

	ledger_clear(&w->ledger);
	books_copy_clear(&w->copy);
	free(w->books.threads);
	free(w->books.rows);
	free(w);
	return 0;
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)

#endif
