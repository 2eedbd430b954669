/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc_fd.c - the descriptors of a process in /proc, read from a made-up tree.
 */
#include "proc_tree.h"

static void descriptors_that_can_wait(void **state)
{
	static const struct {
		const char *link;
		bool waits;
	} kind[] = {
		{"socket:[123]", true},
		{"pipe:[5]", true},
		{"anon_inode:[eventfd]", true},
		{"anon_inode:[timerfd]", true},
		{"/etc/passwd", false},
		{"/dev/null", false},
		{"/dev/tty", true},
		{"/tmp", false},
	};
	uint8_t tty_major[MAX_TTY_MAJOR] = {[5] = 1};
	bool waits;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kind); i++) {
		char name[32];

		snprintf(name, sizeof(name), "7/task/8/fd/%zu", i);
		put_link(name, kind[i].link);
		assert_int_equal(proc_fd_waits(7, 8, (int)i, tty_major, &waits), 0);
		assert_int_equal(waits, kind[i].waits);
	}
	assert_int_equal(mkfifo(make_way("fifo"), 0600), 0);
	put_link("7/task/8/fd/20", "../../../../fifo");
	assert_int_equal(proc_fd_waits(7, 8, 20, tty_major, &waits), 0);
	assert_true(waits);
	assert_int_equal(proc_fd_waits(7, 8, 21, tty_major, &waits), -ENOENT);
}

static void terminals_are_the_drivers_of_tty(void **state)
{
	uint8_t tty_major[MAX_TTY_MAJOR];

	(void)state;
	memset(tty_major, 1, sizeof(tty_major));
	assert_int_equal(proc_tty_majors(tty_major), -ENOENT);
	put("tty/drivers", "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
			   "serial               /dev/ttyS       4 64-95 serial\n"
			   "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
			   "huge                 /dev/huge    9999 0 system\n");
	assert_int_equal(proc_tty_majors(tty_major), 0);
	assert_true(tty_major[4] && tty_major[5] && tty_major[136]);
	assert_false(tty_major[0] || tty_major[1] || tty_major[64] || tty_major[511]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(descriptors_that_can_wait),
		made_up(terminals_are_the_drivers_of_tty),
	};

	return cmocka_run_group_tests_name("proc_fd", tests, NULL, NULL);
}
