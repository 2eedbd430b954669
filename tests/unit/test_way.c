/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_way.c - the rules that name the model of one read: bpf/way.bpf.h as it is.
 */
#include "unit.h"
#include "way.bpf.h"

/* The way for the given evidence. */
static unsigned int way(int slept, int registration, int mux_way, int nonblocking)
{
	const struct evidence e = {.slept = (uint8_t)slept,
				   .registration = (uint8_t)registration,
				   .mux_way = (uint8_t)mux_way,
				   .nonblocking = (uint8_t)nonblocking};

	return way_of(&e);
}

static void who_slept_is_blocking_whatever_else(void **state)
{
	(void)state;
	assert_int_equal(way(1, WAY_NONE, WAY_NONE, 0), WAY_BLOCKING);
	assert_int_equal(way(1, WAY_EPOLL_ET, WAY_EPOLL_LT, 1), WAY_BLOCKING);
	assert_int_equal(way(0, WAY_EPOLL_ET, WAY_EPOLL_LT, 1), WAY_EPOLL_ET);
}

static void a_registration_decides_before_the_latest_mux(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_EPOLL_LT, WAY_POLL, 1), WAY_EPOLL_LT);
	assert_int_equal(way(0, WAY_EPOLL_ET, WAY_NONE, 0), WAY_EPOLL_ET);
	assert_int_equal(way(0, WAY_NONE, WAY_POLL, 1), WAY_POLL);
}

static void the_latest_mux_decides_before_the_flags(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_NONE, WAY_SELECT, 1), WAY_SELECT);
	assert_int_equal(way(0, WAY_NONE, WAY_POLL, 0), WAY_POLL);
	assert_int_equal(way(0, WAY_NONE, WAY_EPOLL_LT, 0), WAY_EPOLL_LT);
}

static void the_flags_decide_the_rest(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_NONE, WAY_NONE, 1), WAY_NONBLOCKING);
	assert_int_equal(way(0, WAY_NONE, WAY_NONE, 0), WAY_BLOCKING);
}

static void a_file_handed_over_is_still_read_in_epolls_way(void **state)
{
	struct evidence e = {.handed = WAY_EPOLL_LT, .mux_way = WAY_POLL, .nonblocking = 1};

	(void)state;
	assert_int_equal(way_of(&e), WAY_EPOLL_LT);
	e.nonblocking = 0;
	e.mux_way = WAY_NONE;
	assert_int_equal(way_of(&e), WAY_EPOLL_LT);
	/* It is watched again, in another way. */
	e.registration = WAY_EPOLL_ET;
	assert_int_equal(way_of(&e), WAY_EPOLL_ET);
	e.slept = 1;
	assert_int_equal(way_of(&e), WAY_BLOCKING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_slept_is_blocking_whatever_else),
		cmocka_unit_test(a_registration_decides_before_the_latest_mux),
		cmocka_unit_test(a_file_handed_over_is_still_read_in_epolls_way),
		cmocka_unit_test(the_latest_mux_decides_before_the_flags),
		cmocka_unit_test(the_flags_decide_the_rest),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
