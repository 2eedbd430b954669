/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_loops.c - what the event loops of a task came to, from made-up turns.
 */
#include "unit.h"
#include "made_task.h"
#include "common/hist.h"
#include "judge/loops.h"

/* Counts a number so often in a histogram. */
static void count(struct hist *h, uint64_t *max, uint64_t number, uint64_t times)
{
	unsigned int bucket = hist_bucket(number);
	struct octave o = {0};

	o.step[bucket % STEPS] = times;
	hist_add_octave(h, bucket / STEPS, &o);
	if (number > *max)
		*max = number;
}

/* Lets a task have had so many turns of one kind, each after so many events. */
static struct call_sums *turn(struct task_sums *t, unsigned int op, uint64_t events, uint64_t times)
{
	struct call_sums *turns = task_call(t, op);

	turns->outcome[op == OP_LOOP ? OUT_OK : OUT_TIMEOUT] += times;
	turns->bytes += events * times;
	count(&turns->busy, &turns->busy_max, events, times);
	return turns;
}

static void turns_tell_of_a_loop(void **state)
{
	struct task_sums t = {0};
	struct call_sums *turns, *empty;
	struct loops l;

	(void)state;
	turn(&t, OP_LOOP, 1, 98);
	turns = turn(&t, OP_LOOP, 11, 2);
	count(&turns->wait, &turns->wait_max, 1000, 98);
	/* One of a hundred is in progress. */
	count(&turns->wait, &turns->wait_max, 30000000, 1);
	empty = turn(&t, OP_LOOP_EMPTY, 0, 25);
	count(&empty->wait, &empty->wait_max, 500, 25);
	t.count[COUNT_FULL_WAITS] = 2;
	end(&t, "read", OUT_OK, 120, OUT_AGAIN, 60);
	end(&t, "accept4", OUT_OK, 1, OUT_EOF, 0);
	end(&t, "sendto", OUT_OK, 60, OUT_ERROR, 0);
	l = loops_of(&t);
	assert_true(loops_are_there(&l));
	assert_int_equal(l.ready, 100);
	assert_int_equal(l.empty, 25);
	assert_int_equal(l.full, 2);
	assert_int_equal(l.events, 120);
	assert_int_equal(l.ready_events.p50, 1);
	assert_int_equal(l.ready_events.p99, 11);
	assert_int_equal(l.ready_events.max, 11);
	assert_int_equal(l.turns, 99);
	assert_uint_in_range(l.lag.p50, 1000, 1000 + 1000 / 16);
	assert_int_equal(l.lag.p90, l.lag.p50);
	assert_int_equal(l.lag.max, 30000000);
	assert_int_equal(l.empty_turns, 25);
	assert_uint_in_range(l.empty_lag.max, 500, 500 + 500 / 16);
	assert_int_equal(l.reads, 181);
	assert_int_equal(l.writes, 60);
	task_clear(&t);
}

static void without_turns_there_is_no_loop(void **state)
{
	struct task_sums t = {0};
	struct loops l;

	(void)state;
	end(&t, "poll", OUT_OK, 100, OUT_TIMEOUT, 100);
	l = loops_of(&t);
	assert_false(loops_are_there(&l));
	assert_int_equal(loops_longest(&l), 0);
	task_clear(&t);
}

static void the_longest_absence_may_be_in_progress(void **state)
{
	struct task_sums t = {0};
	struct call_sums *turns = turn(&t, OP_LOOP, 1, 2), *empty = turn(&t, OP_LOOP_EMPTY, 0, 1);
	struct loops l;

	(void)state;
	count(&turns->wait, &turns->wait_max, 1000, 1);
	count(&empty->wait, &empty->wait_max, 2000, 1);
	l = loops_of(&t);
	assert_int_equal(loops_longest(&l), 2000);
	l.turn = 2001;
	assert_int_equal(loops_longest(&l), 2001);
	task_clear(&t);
}

static void what_is_watched_is_told_by_most_waits(void **state)
{
	struct task_sums t = {.count = {[COUNT_SCANS] = 4, [COUNT_SCANNED] = 40}};
	struct loops l;
	uint64_t count;

	(void)state;
	turn(&t, OP_LOOP, 1, 3);
	turn(&t, OP_LOOP_EMPTY, 0, 2);
	end(&t, "epoll_wait", OUT_OK, 2, OUT_TIMEOUT, 0);
	l = loops_of(&t);
	assert_int_equal(loops_watched(&l, &count), 40);
	assert_int_equal(count, 4);
	end(&t, "epoll_wait", OUT_OK, 2, OUT_TIMEOUT, 1);
	l = loops_of(&t);
	/* Nobody has looked what is in the sets. */
	loops_watched(&l, &count);
	assert_int_equal(count, 0);
	t.sets = 2;
	t.in_sets = 9;
	l = loops_of(&t);
	assert_int_equal(loops_watched(&l, &count), 9);
	assert_int_equal(count, 2);
	task_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_tell_of_a_loop),
		cmocka_unit_test(without_turns_there_is_no_loop),
		cmocka_unit_test(the_longest_absence_may_be_in_progress),
		cmocka_unit_test(what_is_watched_is_told_by_most_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
