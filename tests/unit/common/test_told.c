/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_told.c - of which descriptors select and poll have told a thread: bpf/common/told.h as it
 * is.
 */
#include "unit.h"
#include "common/bounded.h"
#include "common/told.h"

enum {
	BEYOND = TOLD_WORDS * 64,
};

/* A thread that nothing is known of, whose calls are of that kind. */
static struct thread told_thread(unsigned int way)
{
	struct thread t = {0};

	told_start(&t);
	told_by(&t, way);
	return t;
}

static void what_was_said_is_of_its_descriptor(void **state)
{
	struct thread t = told_thread(WAY_SELECT);

	(void)state;
	assert_true(told_one(&t, 0));
	assert_true(told_one(&t, 64));
	assert_true(told_one(&t, BEYOND - 1));
	assert_int_equal(told_way_of(&t, 0), WAY_SELECT);
	assert_int_equal(told_way_of(&t, 64), WAY_SELECT);
	assert_int_equal(told_way_of(&t, BEYOND - 1), WAY_SELECT);
	assert_int_equal(told_way_of(&t, 1), WAY_NONE);
	assert_int_equal(told_way_of(&t, -1), WAY_NONE);
	told_over(&t, 64);
	assert_int_equal(told_way_of(&t, 64), WAY_NONE);
	assert_int_equal(told_way_of(&t, 0), WAY_SELECT);
	/* From now on it is another kind of call that tells. */
	told_by(&t, WAY_POLL);
	assert_int_equal(told_way_of(&t, 0), WAY_NONE);
}

static void what_has_no_bit_is_told_by_the_latest_call(void **state)
{
	struct thread t = told_thread(WAY_POLL);

	(void)state;
	assert_false(told_one(&t, BEYOND));
	assert_int_equal(told_way_of(&t, BEYOND), WAY_NONE);
	t.mux_way = WAY_POLL;
	assert_int_equal(told_way_of(&t, BEYOND), WAY_POLL);
	assert_int_equal(told_way_of(&t, 5), WAY_NONE);
	/* A poll that was completed does not tell of what; epoll tells by the file. */
	t.mux_way = WAY_IO_URING;
	assert_int_equal(told_way_of(&t, 5), WAY_IO_URING);
	t.mux_way = WAY_EPOLL_LT;
	assert_int_equal(told_way_of(&t, 5), WAY_NONE);
	assert_int_equal(told_way_of(&t, BEYOND), WAY_NONE);
}

static void any_may_have_been_said(void **state)
{
	struct thread t = told_thread(WAY_POLL);

	(void)state;
	told_any(&t);
	assert_int_equal(told_way_of(&t, 77), WAY_POLL);
	told_over(&t, 77);
	assert_int_equal(told_way_of(&t, 77), WAY_NONE);
	assert_int_equal(told_way_of(&t, 78), WAY_POLL);
}

static void a_descriptor_watched_alone_is_kept_apart(void **state)
{
	struct thread t = told_thread(WAY_POLL);

	(void)state;
	told_one(&t, 3);
	told_one(&t, 4);
	told_only(&t, 4, WAY_SELECT);
	assert_int_equal(told_alone(&t, 4), WAY_SELECT_ONE);
	assert_int_equal(told_way_of(&t, 4), WAY_NONE);
	assert_int_equal(told_alone(&t, 3), WAY_NONE);
	assert_int_equal(told_way_of(&t, 3), WAY_POLL);
	/* A later call on several that says the same is the latest. */
	told_many(&t);
	assert_int_equal(told_alone(&t, 4), WAY_SELECT_ONE);
	told_one(&t, 4);
	told_many(&t);
	assert_int_equal(told_alone(&t, 4), WAY_NONE);
	assert_int_equal(told_way_of(&t, 4), WAY_POLL);
	told_only(&t, 9, WAY_POLL);
	assert_int_equal(told_alone(&t, 9), WAY_POLL_ONE);
	told_over(&t, 8);
	assert_int_equal(told_alone(&t, 9), WAY_POLL_ONE);
	told_over(&t, 9);
	assert_int_equal(told_alone(&t, 9), WAY_NONE);
	/* Begun before us: of which one is not known. */
	told_only(&t, WATCHED_ONE, WAY_POLL);
	assert_int_equal(told_alone(&t, 12), WAY_POLL_ONE);
	assert_int_equal(told_alone(&t, -1), WAY_NONE);
	told_over(&t, 12);
	assert_int_equal(told_alone(&t, 12), WAY_NONE);
}

static void a_peek_tells_how_its_thread_waits(void **state)
{
	struct thread t = told_thread(WAY_POLL);

	(void)state;
	t.fd = 4;
	told_peeked(&t, WAY_BLOCKING);
	assert_int_equal(told_alone(&t, 4), WAY_BLOCKING);
	assert_int_equal(told_alone(&t, 5), WAY_NONE);
	told_over(&t, 4);
	assert_int_equal(told_alone(&t, 4), WAY_NONE);
	told_peeked(&t, WAY_NONBLOCKING);
	assert_int_equal(told_alone(&t, 4), WAY_NONBLOCKING);
	/* What has told of it before goes on telling. */
	told_only(&t, 4, WAY_POLL);
	told_peeked(&t, WAY_POLL_ONE);
	assert_int_equal(told_alone(&t, 4), WAY_POLL_ONE);
	told_over(&t, 4);
	told_peeked(&t, WAY_EPOLL_LT);
	told_peeked(&t, WAY_SIGNAL);
	assert_int_equal(told_alone(&t, 4), WAY_NONE);
	/* Begun before us: of which one is not known. */
	t.fd = -1;
	told_peeked(&t, WAY_BLOCKING);
	assert_int_equal(told_alone(&t, 4), WAY_NONE);
}

static void one_descriptor_twice_is_one(void **state)
{
	struct thread t = told_thread(WAY_POLL);

	(void)state;
	assert_int_equal(t.watched, WATCHED_MANY);
	t.watched = WATCHED_NONE;
	told_watch(&t, 6);
	told_watch(&t, 6);
	assert_int_equal(t.watched, 6);
	told_watch(&t, 7);
	assert_int_equal(t.watched, WATCHED_MANY);
	told_watch(&t, 7);
	assert_int_equal(t.watched, WATCHED_MANY);
}

static void a_bit_has_its_number(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++)
		assert_int_equal(only_bit(1ULL << bit), bit);
	assert_int_equal(is_any(0), 0);
	assert_int_equal(is_any(1ULL << 63), 1);
	assert_int_equal(is_any(~0ULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_said_is_of_its_descriptor),
		cmocka_unit_test(what_has_no_bit_is_told_by_the_latest_call),
		cmocka_unit_test(any_may_have_been_said),
		cmocka_unit_test(a_descriptor_watched_alone_is_kept_apart),
		cmocka_unit_test(a_peek_tells_how_its_thread_waits),
		cmocka_unit_test(one_descriptor_twice_is_one),
		cmocka_unit_test(a_bit_has_its_number),
	};

	return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
