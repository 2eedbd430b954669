/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc_fd.c - the descriptors of a process in /proc, read from a made-up tree and from the
 * real one, about this process.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

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

		snprintf(name, sizeof(name), "7/fd/%zu", i);
		put_link(name, kind[i].link);
		assert_int_equal(proc_fd_waits(7, (int)i, tty_major, &waits), 0);
		assert_int_equal(waits, kind[i].waits);
	}
	assert_int_equal(mkfifo(make_way("fifo"), 0600), 0);
	put_link("7/fd/20", "../../fifo");
	assert_int_equal(proc_fd_waits(7, 20, tty_major, &waits), 0);
	assert_true(waits);
	assert_int_equal(proc_fd_waits(7, 21, tty_major, &waits), -ENOENT);
}

static void registrations_are_counted_over_all_epoll_sets(void **state)
{
	struct proc_epoll epoll = {.level_triggered = 77};

	(void)state;
	put_link("7/fd/3", "anon_inode:[eventpoll]");
	put_link("7/fd/4", "anon_inode:[eventpoll]");
	put_link("7/fd/5", "anon_inode:[eventfd]");
	put_link("7/fd/6", "anon_inode:[eventpoll]"); /* closed since: it has no fdinfo */
	put("7/fdinfo/3",
	    "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t2077\n"
	    "tfd:        8 events:       19 data:                8  pos:0 ino:62 sdev:8\n"
	    "tfd:        9 events: 80002019 data:                9  pos:0 ino:62 sdev:8\n");
	put("7/fdinfo/4", "tfd: 8 events: 80000001 data: 8\ntfd: 9 events: 80000001 data: 8\n");
	put("7/fdinfo/5", "tfd: 8 events: 80000001 data: 8\n");
	assert_int_equal(proc_epoll(7, &epoll), 0);
	assert_int_equal(epoll.level_triggered, 1);
	assert_int_equal(epoll.edge_triggered, 3);
	assert_int_equal(proc_epoll_way(7), WAY_EPOLL_ET);
	put("7/fdinfo/4", "");
	assert_int_equal(proc_epoll_way(7), WAY_EPOLL_ET); /* 1 of 2: the edge decides */
	put("7/fdinfo/3", "tfd: 8 events: 19 data: 8\n");
	assert_int_equal(proc_epoll_way(7), WAY_EPOLL_LT);
	put("7/fdinfo/3", "");
	assert_int_equal(proc_epoll_way(7), WAY_NONE);
	assert_int_equal(proc_epoll(8, &epoll), -ESRCH);
	assert_int_equal(proc_epoll_way(8), WAY_NONE);
}

static void a_set_within_a_set_has_no_vote(void **state)
{
	struct proc_epoll epoll;

	(void)state;
	put_link("7/fd/3", "anon_inode:[eventpoll]");
	put_link("7/fd/4", "socket:[1]");
	put_link("7/fd/5", "anon_inode:[eventpoll]");
	put("7/fdinfo/3", "tfd: 5 events: 80000019 data: 5\n");
	put("7/fdinfo/5", "tfd: 4 events: 19 data: 4\n");
	assert_int_equal(proc_epoll(7, &epoll), 0);
	assert_int_equal(epoll.level_triggered, 1);
	assert_int_equal(epoll.edge_triggered, 0);
	assert_int_equal(proc_epoll_way(7), WAY_EPOLL_LT);
}

static void o_async_is_a_flag_in_octal(void **state)
{
	struct proc_async async = {.signalfd = true};

	(void)state;
	put_link("7/fd/3", "socket:[123]");
	put_link("7/fd/4", "socket:[124]");
	put_link("7/fd/5", "pipe:[125]"); /* closed since: it has no fdinfo */
	put("7/fdinfo/3", "pos:\t0\nflags:\t02004002\nmnt_id:\t9\n");
	put("7/fdinfo/4", "pos:\t0\nflags:\t02\nmnt_id:\t9\n");
	assert_int_equal(proc_async(7, &async), 0);
	assert_false(async.asked);
	assert_false(async.signalfd);
	put("7/fdinfo/3", "pos:\t0\nflags:\t02024002\nmnt_id:\t9\n");
	assert_int_equal(proc_async(7, &async), 0);
	assert_true(async.asked);
	assert_false(async.signalfd);
	/* One with it, and two that have it not, of which one is no socket. */
	put_link("7/fd/7", "pipe:[126]");
	put("7/fdinfo/7", "pos:\t0\nflags:\t02\nmnt_id:\t9\n");
	assert_int_equal(proc_async(7, &async), 0);
	assert_true(async.asked);
	put_link("7/fd/8", "socket:[127]");
	put("7/fdinfo/8", "pos:\t0\nflags:\t02\nmnt_id:\t9\n");
	assert_int_equal(proc_async(7, &async), 0);
	assert_false(async.asked);
	put("7/fdinfo/4", "pos:\t0\nflags:\t02024002\nmnt_id:\t9\n");
	put_link("7/fd/6", "anon_inode:[signalfd]");
	assert_int_equal(proc_async(7, &async), 0);
	assert_true(async.asked);
	assert_true(async.signalfd);
	assert_int_equal(proc_async(8, &async), -ESRCH);
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

static void the_real_proc_knows_our_epoll_sets(void **state)
{
	struct epoll_event level = {.events = EPOLLIN}, edge = {.events = EPOLLIN | EPOLLET};
	int set = epoll_create1(0), one = eventfd(0, 0), two = eventfd(0, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct proc_epoll epoll;

	(void)state;
	assert_true(set >= 0 && one >= 0 && two >= 0 && listener >= 0);
	assert_int_equal(proc_epoll_way(getpid()), WAY_NONE);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_ADD, one, &edge), 0);
	assert_int_equal(proc_epoll_way(getpid()), WAY_EPOLL_ET);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_ADD, two, &level), 0);
	assert_int_equal(proc_epoll(getpid(), &epoll), 0);
	assert_int_equal(epoll.level_triggered, 1);
	assert_int_equal(epoll.edge_triggered, 1);
	assert_int_equal(epoll.listeners, 0);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_DEL, two, NULL), 0);
	/* A listening socket is not read from, so it has no vote. */
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_ADD, listener, &level), 0);
	assert_int_equal(proc_epoll(getpid(), &epoll), 0);
	assert_int_equal(epoll.level_triggered, 0);
	assert_int_equal(epoll.listeners, 1);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_DEL, one, NULL), 0);
	assert_int_equal(proc_epoll_way(getpid()), WAY_EPOLL_LT);
	close(listener);
	close(set);
	close(one);
	close(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(descriptors_that_can_wait),
		made_up(registrations_are_counted_over_all_epoll_sets),
		made_up(a_set_within_a_set_has_no_vote),
		made_up(o_async_is_a_flag_in_octal),
		made_up(terminals_are_the_drivers_of_tty),
		cmocka_unit_test(the_real_proc_knows_our_epoll_sets),
	};

	return cmocka_run_group_tests_name("proc_fd", tests, NULL, NULL);
}
