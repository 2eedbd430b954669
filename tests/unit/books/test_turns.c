/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_turns.c - turns of event loops in the books of a thread: those in progress count once.
 */
#include <string.h>

#include "unit.h"
#include "books/books.h"

enum {
	BORN = 1000,
};

/* The books of one living thread, which has a row for its turns. */
struct world {
	struct books books;
	struct thread thread[2];
	struct row row[3];
	struct octave octave[1];
	struct task_sums sums;
};

/* Opens the books. */
static struct thread *open_books(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->books = (struct books){.threads = w->thread,
				  .rows = w->row,
				  .octaves = w->octave,
				  .thread_count = 2,
				  .row_count = 3,
				  .octave_count = 1};
	books_open(&w->books, 1, &(struct thread_id){.pid = 5, .tid = 5}, BORN);
	w->thread[1].row[OP_LOOP] = 1;
	w->thread[1].row[OP_LOOP_EMPTY] = 2;
	return &w->thread[1];
}

/* The sums of the turns of one kind by now. */
static const struct call_sums *turns_by_now(struct world *w, unsigned int op)
{
	task_clear(&w->sums);
	memset(&w->sums, 0, sizeof(w->sums));
	books_add(&w->books, &w->thread[1], &w->sums);
	return w->sums.call[op];
}

static void what_a_wait_brought_counts_at_once(void **state)
{
	const struct call_sums *turns;
	struct thread *t;
	struct world w;

	(void)state;
	t = open_books(&w);
	assert_null(turns_by_now(&w, OP_LOOP));
	/* A wait has ended with 40 events 300 ns ago. */
	t->turn = BORN + 100;
	t->turn_events = 40;
	t->since = BORN + 400;
	turns = turns_by_now(&w, OP_LOOP);
	assert_int_equal(turns->outcome[OUT_OK], 1);
	assert_int_equal(turns->bytes, 40);
	assert_int_equal(turns->busy_max, 40);
	assert_int_equal(hist_count(&turns->busy), 1);
	assert_int_equal(hist_count(&turns->wait), 0);
	/* The next one has begun: it is in its row. */
	t->turn = 0;
	w.row[1].outcome[OUT_OK] = 1;
	w.row[1].bytes = 40;
	turns = turns_by_now(&w, OP_LOOP);
	assert_int_equal(turns->outcome[OUT_OK], 1);
	assert_int_equal(turns->bytes, 40);
	task_clear(&w.sums);
}

static void a_wait_that_brought_nothing_counts_apart(void **state)
{
	const struct call_sums *turns;
	struct thread *t;
	struct world w;

	(void)state;
	t = open_books(&w);
	t->turn = BORN + 100;
	turns = turns_by_now(&w, OP_LOOP_EMPTY);
	assert_int_equal(turns->outcome[OUT_TIMEOUT], 1);
	assert_int_equal(turns->bytes, 0);
	assert_null(w.sums.call[OP_LOOP]);
	task_clear(&w.sums);
}

static void the_last_turn_of_the_dead_counts(void **state)
{
	const struct call_sums *turns;
	struct thread *t;
	struct world w;

	(void)state;
	t = open_books(&w);
	t->turn = BORN + 100;
	t->turn_events = 1;
	books_close(&w.books, 1, BORN + 900);
	turns = turns_by_now(&w, OP_LOOP);
	assert_int_equal(turns->outcome[OUT_OK], 1);
	/* But nobody is away from its events any more. */
	task_clear(&w.sums);
}

static void a_turn_that_is_cut_is_long_where_it_ends(void **state)
{
	const struct octave one = {.step = {1}};
	struct snapshot before = {.at = 1000}, after = {.at = 2000};
	struct call_sums *turns;
	struct window w = {0};

	(void)state;
	/* It counts since it began; its length comes with its end. */
	turns = task_call(task_list_get(&before.processes, 5, 0), OP_LOOP);
	turns->outcome[OUT_OK] = 1;
	turns = task_call(task_list_get(&after.processes, 5, 0), OP_LOOP);
	turns->outcome[OUT_OK] = 1;
	turns->wait_max = 5000000000;
	hist_add_octave(&turns->wait, 5, &one);
	snapshot_diff(&w, &before, before.at, &after);
	turns = task_list_find(&w.processes, 5, 0)->call[OP_LOOP];
	assert_non_null(turns);
	assert_int_equal(turns->outcome[OUT_OK], 0);
	assert_int_equal(hist_count(&turns->wait), 1);
	assert_int_equal(turns->wait_max, 5000000000);
	window_clear(&w);
	snapshot_clear(&before);
	snapshot_clear(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_wait_brought_counts_at_once),
		cmocka_unit_test(a_wait_that_brought_nothing_counts_apart),
		cmocka_unit_test(the_last_turn_of_the_dead_counts),
		cmocka_unit_test(a_turn_that_is_cut_is_long_where_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
