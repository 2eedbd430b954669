/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_turn.c - the turns of an event loop: bpf/common/turn.h as it is.
 */
#include "unit.h"
#include "common/bounded.h"
#include "common/clock.h"
#include "common/turn.h"

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

static void what_a_turn_is_made_of_adds_up_to_it(void **state)
{
	struct thread t = thread_at_work();
	__u64 part[AWAY_KINDS];

	(void)state;
	/* What was before it does not count. */
	t.ns[OP_APP][PHASE_WAIT] = 70;
	t.phase_ns[PHASE_WAIT] = 100;
	t.phase_ns[PHASE_RUNQ] = 5;
	turn_begin(&t, 1, WAY_POLL);
	t.ns[OP_APP][PHASE_WAIT] += 200;
	t.ns[OP_ASIDE][PHASE_WAIT] += 30;
	t.phase_ns[PHASE_WAIT] += 200 + 30 + 400;
	t.phase_ns[PHASE_RUNQ] += 50;
	turn_parts(&t, 1000, part);
	assert_int_equal(part[AWAY_ASLEEP], 230);
	assert_int_equal(part[AWAY_IO], 400);
	assert_int_equal(part[AWAY_RUNQ], 50);
	assert_int_equal(part[AWAY_CPU], 320);
	/* It ended before the hands moved last. */
	turn_parts(&t, 500, part);
	assert_int_equal(part[AWAY_IO] + part[AWAY_ASLEEP] + part[AWAY_RUNQ] + part[AWAY_CPU], 500);
}

static void a_turn_is_slow_from_a_bucket_on(void **state)
{
	(void)state;
	assert_false(turn_is_slow(SLOW_TURN - 1));
	assert_false(turn_is_slow(SLOW_TURN));
	assert_true(turn_is_slow(SLOW_TURN + SLOW_TURN / 16));
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
		cmocka_unit_test(what_a_turn_is_made_of_adds_up_to_it),
		cmocka_unit_test(a_turn_is_slow_from_a_bucket_on),
		cmocka_unit_test(books_that_are_opened_again_have_no_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
