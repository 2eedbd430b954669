/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_room.c - how many entries a pool is to have.
 */
#include "unit.h"
#include "kernel/room.h"

static const struct room_rule rule = {.spare = 100, .max = 10000};

static void test_first(void **state)
{
	(void)state;
	assert_int_equal(room_first(&rule, 0), 200);
	assert_int_equal(room_first(&rule, 1), 201);
	assert_int_equal(room_first(&rule, 800), 1000);
	assert_int_equal(room_first(&rule, 804), 1005);
	assert_int_equal(room_first(&rule, 9000), 10000);
	assert_int_equal(room_first(&rule, UINT64_C(1) << 40), 10000);
}

static void test_enough_stays(void **state)
{
	(void)state;
	assert_int_equal(room_next(&rule, 0, 200), 200);
	assert_int_equal(room_next(&rule, 99, 200), 200);
	assert_int_equal(room_next(&rule, 100, 200), 400);
}

static void test_steps(void **state)
{
	(void)state;
	assert_int_equal(room_next(&rule, 400, 400), 800);
	assert_int_equal(room_next(&rule, 800, 800), 1600);
	assert_int_equal(room_next(&rule, 2000, 2000), 2800);
	assert_int_equal(room_next(&rule, 9500, 9600), 10000);
	assert_int_equal(room_next(&rule, 9990, 10000), 10000);
}

/* From any number of entries it grows when its last spare ones are begun, and never beyond its
 * most. */
static void test_low(void **state)
{
	(void)state;
	for (uint32_t given = 0; given <= rule.max; given++) {
		uint32_t low = room_low(&rule, given);

		if (given == rule.max) {
			assert_int_equal(low, 0);
			continue;
		}
		assert_uint_in_range(low, 1, given ? given : 1);
		if (given > rule.spare)
			assert_int_equal(room_next(&rule, low - 1, given), given);
		assert_uint_in_range(room_next(&rule, low < given ? low : given, given), given + 1,
				     rule.max);
	}
}

/* The list of free ones has room for all that come to it at once. */
static void test_free_most(void **state)
{
	const uint32_t segment = 64;

	(void)state;
	for (uint32_t taken = 0; taken < rule.max; taken++)
		for (uint32_t free = 0; free <= rule.spare && taken + free < rule.max; free += 10) {
			uint32_t next = room_next(&rule, taken, taken + free);
			uint32_t whole = next + segment < rule.max ? next + segment : rule.max;

			assert_uint_in_range(whole - taken, 0, room_free_most(&rule, 300, segment));
		}
	assert_uint_in_range(room_first(&rule, 5000) + segment, 0,
			     room_free_most(&rule, room_first(&rule, 5000), segment));
	assert_int_equal(room_free_most(&rule, 9990, segment), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),	  cmocka_unit_test(test_enough_stays),
		cmocka_unit_test(test_steps),	  cmocka_unit_test(test_low),
		cmocka_unit_test(test_free_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
