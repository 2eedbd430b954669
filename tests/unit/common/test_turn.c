/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_turn.c - the turns of an event loop: bpf/common/turn.h as it is.
 */
#include "unit.h"
#include "common/bounded.h"
#include "common/clock.h"

/* A thread that is born at 100 ns, and whose latest mux call ended at 200 ns. */
static struct thread thread_at_work(void)
{
	struct thread t = {0};

	clock_start(&t, 1, 1, 100, OP_APP, PHASE_CPU);
	t.mux_ended = 200;
	return t;
}

static void a_turn_goes_from_a_wait_to_the_next(void **state)
{
	struct thread t = thread_at_work();

	(void)state;
	t.begun = 150;
	assert_false(turn_ends(&t));
	turn_begin(&t, 3, WAY_POLL);
	assert_int_equal(t.turn, 200);
	assert_int_equal(t.turn_events, 3);
	t.begun = 450;
	assert_true(turn_ends(&t));
	turn_none(&t);
	assert_false(turn_ends(&t));
}

static void a_call_that_was_not_seen_to_begin_ends_no_turn(void **state)
{
	struct thread t = thread_at_work();

	(void)state;
	turn_begin(&t, 1, WAY_POLL);
	t.begun = 190;
	assert_false(turn_ends(&t));
}

static void turns_after_nothing_are_kept_apart(void **state)
{
	struct thread t = thread_at_work();

	(void)state;
	turn_begin(&t, 0, WAY_POLL);
	assert_int_equal(turn_op(&t), OP_LOOP_EMPTY);
	assert_int_equal(turn_outcome(&t), OUT_TIMEOUT);
	turn_begin(&t, 1, WAY_POLL);
	assert_int_equal(turn_op(&t), OP_LOOP);
	assert_int_equal(turn_outcome(&t), OUT_OK);
}

static void books_that_are_opened_again_have_no_turn(void **state)
{
	struct thread t = thread_at_work();

	(void)state;
	turn_begin(&t, 1, WAY_POLL);
	clock_start(&t, 2, 2, 300, OP_APP, PHASE_CPU);
	t.begun = 400;
	assert_false(turn_ends(&t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_turn_goes_from_a_wait_to_the_next),
		cmocka_unit_test(a_call_that_was_not_seen_to_begin_ends_no_turn),
		cmocka_unit_test(turns_after_nothing_are_kept_apart),
		cmocka_unit_test(books_that_are_opened_again_have_no_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
