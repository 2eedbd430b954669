/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_inside.c - the pid of a process in its own pid namespace, as a made-up /proc tells it.
 */
#include "proc_tree.h"

static void the_pid_inside_is_the_last_one(void **state)
{
	static const struct {
		const char *numbers;
		int err;
		pid_t inside;
	} rows[] = {
		{"\t9\n", 0, 0},
		{"\t9\t1\n", 0, 1},
		{"\t9\t20\t3\n", 0, 3},
		{"\t9\t1\t9\n", 0, 0}, /* the same by chance */
		{"\t4194304\t2147483647\nx", 0, 2147483647},
		{"\n", -EPROTO, -7},
		{"\t\n", -EPROTO, -7},
		{"\t9\t\n5\n", -EPROTO, -7},
		{"\t9\t0\n", -EPROTO, -7},
		{"\t9\t-1\n", -EPROTO, -7},
		{"\t9 1\n", -EPROTO, -7},
		{"\t9\t2147483648\n", -EPROTO, -7},
		/* what was read ends there: it may be the begin of a number */
		{"\t9\t1", -EPROTO, -7},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];
		pid_t inside = -7;

		snprintf(text, sizeof(text), "Name:\tNSpid:\\n\t8\nPid:\t9\nNSpid:%s",
			 rows[i].numbers);
		put("9/status", text);
		assert_int_equal(proc_inside(9, &inside), rows[i].err);
		assert_int_equal(inside, rows[i].inside);
	}
	put("9/status", "Name:\tx\n");
	assert_int_equal(proc_inside(9, &(pid_t){0}), -EPROTO);
	assert_int_equal(proc_inside(8, &(pid_t){0}), -ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(the_pid_inside_is_the_last_one),
	};

	return cmocka_run_group_tests_name("inside", tests, NULL, NULL);
}
