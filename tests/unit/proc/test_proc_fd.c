/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc_fd.c - the descriptors of a process in /proc, read from a made-up tree.
 */
#include <fcntl.h>

#include "proc_tree.h"

static void descriptors_that_can_wait(void **state)
{
	static const struct {
		const char *link;
		enum proc_file kind;
	} files[] = {
		{"socket:[123]", PROC_FILE_WAITS},
		{"pipe:[5]", PROC_FILE_PIPE},
		{"anon_inode:[eventfd]", PROC_FILE_WAITS},
		{"anon_inode:[timerfd]", PROC_FILE_WAITS},
		{"/etc/passwd", PROC_FILE_NO_WAIT},
		{"/tmp", PROC_FILE_NO_WAIT},
	};
	enum proc_file kind;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char name[32];

		snprintf(name, sizeof(name), "7/task/8/fd/%zu", i);
		put_link(name, files[i].link);
		assert_int_equal(proc_fd_kind(7, 8, (int)i, &kind), 0);
		assert_int_equal(kind, files[i].kind);
	}
	assert_int_equal(mkfifo(make_way("fifo"), 0600), 0);
	put_link("7/task/8/fd/20", "../../../../fifo");
	assert_int_equal(proc_fd_kind(7, 8, 20, &kind), 0);
	assert_int_equal(kind, PROC_FILE_PIPE);
	assert_int_equal(proc_fd_kind(7, 8, 21, &kind), -ENOENT);
}

static void character_devices_wait_if_they_can_be_polled(void **state)
{
	static const struct {
		const char *path;
		enum proc_file kind;
	} devices[] = {{"/dev/null", PROC_FILE_NO_WAIT},
		       {"/dev/zero", PROC_FILE_NO_WAIT},
		       {"/dev/ptmx", PROC_FILE_WAITS}};
	enum proc_file kind;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		int fd = open(devices[i].path, O_RDWR | O_NOCTTY | O_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(proc_fd_kind(getpid(), getpid(), fd, &kind), 0);
		assert_int_equal(kind, devices[i].kind);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(descriptors_that_can_wait),
		cmocka_unit_test(character_devices_wait_if_they_can_be_polled),
	};

	return cmocka_run_group_tests_name("proc_fd", tests, NULL, NULL);
}
