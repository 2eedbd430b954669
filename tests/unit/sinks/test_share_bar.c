/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_share_bar.c - a bar of the shares of phases.
 */
#include "unit.h"

#include "sinks/share_bar.h"

#define BAR(cells, ...) share_bar((const uint64_t[PHASES]){__VA_ARGS__}, cells, false).s

static void the_cells_are_the_shares(void **state)
{
	(void)state;
	assert_string_equal(BAR(10, 50, 20, 20, 10), ".....--##=");
	assert_string_equal(BAR(10, 1, 0, 0, 0), "..........");
	assert_string_equal(BAR(4, 0, 0, 0, UINT64_MAX), "====");
	/* The cell that is left goes to whom most of it is missing. */
	assert_string_equal(BAR(10, 54, 0, 46, 0), ".....#####");
	assert_string_equal(BAR(10, 56, 0, 44, 0), "......####");
	assert_string_equal(BAR(10, 999, 1, 0, 0), "..........");
	assert_string_equal(BAR(3, 1, 1, 1, 0), ".-#");
	assert_string_equal(BAR(8, 0, 0, 0, 0), "");
	assert_string_equal(BAR(0, 1, 2, 3, 4), "");
	assert_string_equal(share_bar((const uint64_t[PHASES]){1, 1, 1, 1}, 4, true).s, "░▒▓█");
}

/* Whatever the parts are, a bar has all of its cells. */
static void it_is_always_as_long(void **state)
{
	uint64_t part[PHASES];

	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		unsigned int cells = 1 + (unsigned int)rand() % SHARE_CELLS_MAX;

		for (unsigned int p = 0; p < PHASES; p++)
			part[p] = ((uint64_t)rand() << 33 | (uint64_t)rand()) >> (rand() % 64);
		part[0] |= 1;
		assert_int_equal(strlen(share_bar(part, cells, false).s), cells);
		assert_int_equal(fmt_width(share_bar(part, cells, true).s), cells);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cells_are_the_shares),
		cmocka_unit_test(it_is_always_as_long),
	};

	return cmocka_run_group_tests_name("share_bar", tests, NULL, NULL);
}
