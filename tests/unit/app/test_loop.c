/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_loop.c - when the duration is over: its last interval must not be followed by a shred.
 */
#include "unit.h"

#include <unistd.h>

#include "app/loop.h"
#include "base/now.h"

#define MINUTE (60 * NSEC_PER_SEC)

static void a_duration_that_is_over_ends_within_any_time(void **state)
{
	struct signals signals;
	struct loop l = {0};

	(void)state;
	assert_int_equal(signals_open(&signals), 0);
	assert_int_equal(loop_open(&l, &signals), 0);
	/* The interval's timer and this one expire at the same instant. */
	assert_int_equal(loop_start(&l, now_ns() - NSEC_PER_MSEC, NSEC_PER_MSEC, NSEC_PER_MSEC), 0);
	assert_true(loop_ends_within(&l, 0));
	assert_true(loop_ends_within(&l, NSEC_PER_SEC));
}

static void one_that_is_not_over_ends_in_its_time(void **state)
{
	struct signals signals;
	struct loop l = {0};

	(void)state;
	assert_int_equal(signals_open(&signals), 0);
	assert_int_equal(loop_open(&l, &signals), 0);
	assert_int_equal(loop_start(&l, now_ns(), MINUTE, 0), 0);
	assert_false(loop_ends_within(&l, NSEC_PER_MSEC));
	assert_true(loop_ends_within(&l, 2 * MINUTE));
}

static void without_a_duration_there_is_no_end(void **state)
{
	struct signals signals;
	struct loop l = {0};

	(void)state;
	assert_int_equal(signals_open(&signals), 0);
	assert_int_equal(loop_open(&l, &signals), 0);
	assert_int_equal(loop_start(&l, now_ns(), 0, NSEC_PER_SEC), 0);
	assert_false(loop_ends_within(&l, 2 * MINUTE));
}

/* Waits for ticks, at which there is nothing to do or something is; how many come in that time. */
static int count_ticks(struct loop *l, uint64_t time, bool calm)
{
	uint64_t end = now_ns() + time;
	int ticks = 0;

	while (now_ns() < end) {
		int due = loop_wait(l);

		assert_true(due >= 0);
		ticks += (due & LOOP_TICK) != 0;
		if (due & LOOP_TICK)
			assert_int_equal(loop_pace(l, calm), 0);
	}
	return ticks;
}

static void ticks_come_seldom_where_nothing_is_to_be_done_until_there_is_news(void **state)
{
	struct signals signals;
	struct loop l = {0};
	int news[2];

	(void)state;
	assert_int_equal(signals_open(&signals), 0);
	assert_int_equal(loop_open(&l, &signals), 0);
	assert_int_equal(pipe(news), 0);
	assert_int_equal(loop_watch_news(&l, news[0]), 0);
	assert_int_equal(loop_start(&l, now_ns(), MINUTE, 0), 0);
	count_ticks(&l, 250 * NSEC_PER_MSEC, true);
	/* A machine that is late makes them fewer, never more. Often would be 20. */
	assert_true(count_ticks(&l, 500 * NSEC_PER_MSEC, true) <= 6);
	assert_true(l.calm > 0);
	assert_int_equal(write(news[1], "x", 1), 1);
	while (l.calm)
		assert_true(loop_wait(&l) >= 0);
	/* It is told of once: what follows is a tick, though nobody has read. */
	assert_int_equal(loop_wait(&l), LOOP_TICK);
	assert_int_equal(loop_pace(&l, false), 0);
	assert_int_equal(loop_wait(&l), LOOP_TICK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duration_that_is_over_ends_within_any_time),
		cmocka_unit_test(one_that_is_not_over_ends_in_its_time),
		cmocka_unit_test(without_a_duration_there_is_no_end),
		cmocka_unit_test(ticks_come_seldom_where_nothing_is_to_be_done_until_there_is_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
