/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_model.c - which model a task uses: each rule just holding and just not.
 */
#include "made_task.h"

static void nothing_at_all_is_idle(void **state)
{
	const struct task_sums t = {0};

	(void)state;
	expect(&t, "idle", BASIS_NONE, 0);
	assert_int_equal(model_decide(&t).shares, 0);
}

static void the_largest_share_of_reads_decides(void **state)
{
	struct task_sums t = {
		.count = {[COUNT_READS + WAY_BLOCKING] = 10, [COUNT_READS + WAY_EPOLL_ET] = 11}};
	struct model_decision d;

	(void)state;
	expect(&t, "epoll-et", BASIS_READS, 21);
	d = model_decide(&t);
	assert_int_equal(d.shares, 2);
	assert_int_equal(d.share[0].count, 11);
	assert_int_equal(d.share[1].count, 10);
	assert_string_equal(d.share[1].model->name, "blocking");
	t.count[COUNT_READS + WAY_BLOCKING] = 12;
	expect(&t, "blocking", BASIS_READS, 23);
}

static void of_equal_shares_the_earlier_rule_wins(void **state)
{
	static const enum way order[] = {WAY_POSIX_AIO, WAY_BLOCKING,	WAY_SIGNAL,
					 WAY_SELECT,	WAY_POLL,	WAY_EPOLL_LT,
					 WAY_EPOLL_ET,	WAY_NONBLOCKING};
	static const char *const names[] = {"posix-aio", "blocking",   "signal-driven",
					    "select",	 "poll",       "epoll-lt",
					    "epoll-et",	 "nonblocking"};
	struct task_sums t = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		t.count[COUNT_READS + order[i]] = 7;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		struct model_decision d = model_decide(&t);

		assert_string_equal(d.model->name, names[i]);
		assert_int_equal(d.shares, ARRAY_SIZE(order) - i);
		t.count[COUNT_READS + order[i]] = 0;
	}
}

static void one_read_outweighs_all_accepts(void **state)
{
	struct task_sums t = {
		.count = {[COUNT_ACCEPTS + WAY_EPOLL_LT] = 1000, [COUNT_READS + WAY_BLOCKING] = 1}};

	(void)state;
	spend(&t, "poll", 5, 0);
	expect(&t, "blocking", BASIS_READS, 1);
	t.count[COUNT_READS + WAY_BLOCKING] = 0;
	expect(&t, "epoll-lt", BASIS_ACCEPTS, 1000);
	t.count[COUNT_ACCEPTS + WAY_EPOLL_LT] = 0;
	expect(&t, "poll", BASIS_TIME, 0);
	spend(&t, "poll", 0, 0);
	expect(&t, "idle", BASIS_NONE, 0);
	task_clear(&t);
}

static void what_was_read_before_stands_in_a_quiet_interval(void **state)
{
	struct task_sums ever = {.count = {[COUNT_READS + WAY_EPOLL_ET] = 50,
					   [COUNT_READS + WAY_BLOCKING] = 1,
					   [COUNT_ACCEPTS + WAY_EPOLL_LT] = 900}};
	struct task_sums t = {.ever = &ever};
	struct model_decision d;

	(void)state;
	spend(&t, "epoll_wait", LIFE, 0);
	expect(&t, "epoll-et", BASIS_READS, 51);
	d = model_decide(&t);
	assert_true(d.before);
	assert_int_equal(d.shares, 2);
	/* Reads of old tell more than accepts of now. */
	t.count[COUNT_ACCEPTS + WAY_EPOLL_LT] = 9;
	expect(&t, "epoll-et", BASIS_READS, 51);
	/* One read of now is newer than all of them. */
	t.count[COUNT_READS + WAY_POLL] = 1;
	expect(&t, "poll", BASIS_READS, 1);
	assert_false(model_decide(&t).before);
	memset(t.count, 0, sizeof(t.count));
	ever.count[COUNT_READS + WAY_EPOLL_ET] = ever.count[COUNT_READS + WAY_BLOCKING] = 0;
	expect(&t, "epoll-lt", BASIS_ACCEPTS, 900);
	assert_true(model_decide(&t).before);
	task_clear(&ever);
	task_clear(&t);
}

static void little_is_said_to_be_little(void **state)
{
	struct task_sums t = {.count = {[COUNT_READS + WAY_POLL] = 9}};

	(void)state;
	spend(&t, "poll", LIFE, 0);
	assert_true(model_decide(&t).little);
	t.count[COUNT_READS + WAY_EPOLL_ET] = 1;
	assert_false(model_decide(&t).little);
	/* By time it is a part of one thread's life that decides, however many threads there are.
	 */
	memset(t.count, 0, sizeof(t.count));
	assert_int_equal(model_decide(&t).basis, BASIS_TIME);
	assert_false(model_decide(&t).little);
	spend(&t, "poll", LIFE - 1, 0);
	assert_true(model_decide(&t).little);
	t.threads_ever = 100;
	assert_false(model_decide(&t).little);
	/* Who makes no I/O call has nothing to go by. */
	spend(&t, "poll", 0, 0);
	assert_int_equal(model_decide(&t).basis, BASIS_NONE);
	assert_false(model_decide(&t).little);
	task_clear(&t);
}

static void where_the_time_went_before_stands_in_a_quiet_interval(void **state)
{
	struct task_sums ever = {0}, t = {.ever = &ever};

	(void)state;
	spend(&ever, "recvfrom", 0, 30 * LIFE);
	end(&ever, "recvfrom", OUT_AGAIN, 500, OUT_OK, 0);
	/* Pre-empted between two calls for all of the interval, or inside of one. */
	spend(&t, "app", 10 * LIFE, 0);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	assert_true(model_decide(&t).before);
	spend(&t, "recvfrom", 0, 10 * LIFE);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	assert_true(model_decide(&t).before);
	spend(&t, "recvfrom", 0, 0);
	assert_int_equal(model_decide(&t).wall, ever.wall);
	spend(&t, "poll", 1, 0);
	expect(&t, "poll", BASIS_TIME, 0);
	assert_false(model_decide(&t).before);
	task_clear(&ever);
	task_clear(&t);
}

static void registrations_tell_edge_from_level(void **state)
{
	struct task_sums t = {.registered = WAY_EPOLL_ET};

	(void)state;
	spend(&t, "epoll_wait", LIFE, 0);
	expect(&t, "epoll-et", BASIS_TIME, 0);
	t.registered = WAY_EPOLL_LT;
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	/* They say nothing about who waits in poll. */
	spend(&t, "epoll_wait", 0, 0);
	spend(&t, "poll", LIFE, 0);
	t.registered = WAY_EPOLL_ET;
	expect(&t, "poll", BASIS_TIME, 0);
	task_clear(&t);
}

static void who_asks_for_io_signals_is_signal_driven(void **state)
{
	struct task_sums t = {.pid = 7};

	(void)state;
	/* To wait for signals is not to wait for I/O. */
	spend(&t, "rt_sigtimedwait", LIFE, 0);
	expect(&t, "idle", BASIS_NONE, 0);
	t.async = true;
	expect(&t, "signal-driven", BASIS_TIME, 0);
	/* In sigsuspend, or anywhere else. */
	spend(&t, "rt_sigtimedwait", 0, 0);
	expect(&t, "signal-driven", BASIS_ASYNC, 0);
	/* Of threads it is the main one that the kernel gives the signal to. */
	t.tid = 8;
	expect(&t, "idle", BASIS_NONE, 0);
	t.tid = 7;
	expect(&t, "signal-driven", BASIS_ASYNC, 0);
	/* A signal may come for nothing. */
	spend(&t, "recvfrom", 0, LIFE);
	end(&t, "recvfrom", OUT_AGAIN, 1, OUT_OK, 0);
	expect(&t, "signal-driven", BASIS_ASYNC, 0);
	spend(&t, "recvfrom", 0, LIFE + 1);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	spend(&t, "recvfrom", 0, 0);
	/* Who waits for I/O waits for that. */
	spend(&t, "read", 2 * LIFE, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	t.signalfd = true;
	expect(&t, "signal-driven", BASIS_TIME, 0);
	t.async = false;
	expect(&t, "blocking", BASIS_TIME, 0);
	t.async = true;
	t.count[COUNT_READS + WAY_POLL] = 1;
	expect(&t, "poll", BASIS_READS, 1);
	task_clear(&t);
}

static void every_row_of_the_table_is_whole(void **state)
{
	(void)state;
	assert_true(models_count <= MODELS_MAX);
	for (size_t i = 0; i < models_count; i++) {
		assert_non_null(models[i].name);
		assert_non_null(models[i].words);
		assert_non_null(models[i].brief);
		/* Only the last row, which ends searches, is decided by no read. */
		assert_int_equal(models[i].way == WAY_NONE, i + 1 == models_count);
	}
	for (int way = WAY_NONE + 1; way < WAYS; way++) {
		struct task_sums t = {0};

		t.count[COUNT_READS + way] = 1;
		/* The last two are kinds of blocking. */
		assert_int_equal(model_decide(&t).model->way,
				 way >= WAY_SELECT_ONE ? WAY_BLOCKING : way);
	}
}

static void to_poll_one_descriptor_before_is_to_block(void **state)
{
	struct task_sums t = {.count = {[COUNT_READS + WAY_BLOCKING] = 1,
					[COUNT_READS + WAY_POLL_ONE] = 5,
					[COUNT_READS + WAY_SELECT_ONE] = 2,
					[COUNT_READS + WAY_POLL] = 7}};
	struct model_decision d = model_decide(&t);

	(void)state;
	assert_string_equal(d.model->name, "blocking");
	assert_int_equal(d.share[0].count, 8);
	assert_int_equal(d.count, 15);
	assert_int_equal(d.after_poll, 5);
	assert_int_equal(d.after_select, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_poll_one_descriptor_before_is_to_block),
		cmocka_unit_test(nothing_at_all_is_idle),
		cmocka_unit_test(the_largest_share_of_reads_decides),
		cmocka_unit_test(of_equal_shares_the_earlier_rule_wins),
		cmocka_unit_test(one_read_outweighs_all_accepts),
		cmocka_unit_test(what_was_read_before_stands_in_a_quiet_interval),
		cmocka_unit_test(little_is_said_to_be_little),
		cmocka_unit_test(where_the_time_went_before_stands_in_a_quiet_interval),
		cmocka_unit_test(registrations_tell_edge_from_level),
		cmocka_unit_test(who_asks_for_io_signals_is_signal_driven),
		cmocka_unit_test(every_row_of_the_table_is_whole),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
