/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_notes.c - notes for the report: each once, in their order.
 */
#include "unit.h"

#include "base/notes.h"

static void test_each_line_once(void **state)
{
	struct notes notes = {0}, more = {0};

	(void)state;
	assert_true(notes_add(&notes, "pid %d", 4));
	assert_false(notes_add(&notes, "pid %d", 4));
	assert_true(notes_add(&notes, "pid %d", 5));
	assert_true(notes_add(&more, "pid 5"));
	assert_true(notes_add(&more, "pid 6"));
	notes_join(&notes, &more);
	assert_int_equal(notes.count, 3);
	assert_string_equal(notes.line[0], "pid 4");
	assert_string_equal(notes.line[1], "pid 5");
	assert_string_equal(notes.line[2], "pid 6");
	notes_clear(&notes);
	notes_clear(&more);
	assert_int_equal(notes.count, 0);
}

static void test_long_line_is_cut(void **state)
{
	struct notes notes = {0};
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_true(notes_add(&notes, "%s", text));
	assert_int_equal(strlen(notes.line[0]), 1023);
	notes_clear(&notes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_line_once),
		cmocka_unit_test(test_long_line_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
