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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duration_that_is_over_ends_within_any_time),
		cmocka_unit_test(one_that_is_not_over_ends_in_its_time),
		cmocka_unit_test(without_a_duration_there_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
