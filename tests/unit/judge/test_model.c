/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_model.c - which model a task uses: each rule just holding and just not.
 */
#include "unit.h"
#include "judge/model.h"
#include "books/ops.h"
#include "books/snapshot.h"

/* Checks the name of the decided model and what it rests on. */
static void expect(const struct task_sums *t, const char *name, enum model_basis basis,
		   uint64_t count)
{
	struct model_decision d = model_decide(t);

	assert_string_equal(d.model->name, name);
	assert_int_equal(d.basis, basis);
	assert_int_equal(d.count, count);
}

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
	t.inflight[op_of_name("poll")] = 5;
	expect(&t, "blocking", BASIS_READS, 1);
	t.count[COUNT_READS + WAY_BLOCKING] = 0;
	expect(&t, "epoll-lt", BASIS_ACCEPTS, 1000);
	t.count[COUNT_ACCEPTS + WAY_EPOLL_LT] = 0;
	expect(&t, "poll", BASIS_WAITING, 5);
	t.inflight[op_of_name("poll")] = 0;
	expect(&t, "idle", BASIS_NONE, 0);
}

static void who_waits_in_a_call_uses_its_model(void **state)
{
	static const struct {
		const char *call, *model;
	} rows[] = {
		{"accept", "blocking"},
		{"accept4", "blocking"},
		{"connect", "blocking"},
		{"msgrcv", "blocking"},
		{"read", "blocking"},
		{"recvmsg", "blocking"},
		{"select", "select"},
		{"pselect6", "select"},
		{"poll", "poll"},
		{"ppoll", "poll"},
		{"epoll_wait", "epoll-lt"},
		{"epoll_pwait", "epoll-lt"},
		{"write", "idle"},
		{"epoll_ctl", "idle"},
		{"rt_sigtimedwait", "idle"},
		{"io_uring_enter", "io_uring"},
		{"io_submit", "linux-aio"},
		{"io_getevents", "linux-aio"},
		{"io_pgetevents", "linux-aio"},
		{"uring_read", "io_uring"},
		{"aio_poll", "linux-aio"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct task_sums t = {0};
		unsigned int op = op_of_name(rows[i].call);

		assert_int_not_equal(op, OP_APP);
		t.inflight[op] = 1;
		assert_string_equal(model_decide(&t).model->name, rows[i].model);
		if (strcmp(rows[i].model, "idle"))
			assert_string_equal(model_decide(&t).call, rows[i].call);
	}
}

static void helpers_that_wait_in_read_are_no_blocking_server(void **state)
{
	struct task_sums t = {.inflight_aio = 2};

	(void)state;
	t.inflight[op_of_name("read")] = 3;
	expect(&t, "posix-aio", BASIS_WAITING, 3);
	t.inflight_aio = 1;
	expect(&t, "blocking", BASIS_WAITING, 3);
	/* They say nothing about who waits in accept. */
	t.inflight[op_of_name("accept")] = 4;
	t.inflight_aio = 3;
	expect(&t, "blocking", BASIS_WAITING, 4);
}

static void registrations_tell_edge_from_level(void **state)
{
	struct task_sums t = {.registered = WAY_EPOLL_ET};

	(void)state;
	t.inflight[op_of_name("epoll_wait")] = 1;
	expect(&t, "epoll-et", BASIS_WAITING, 1);
	t.registered = WAY_EPOLL_LT;
	expect(&t, "epoll-lt", BASIS_WAITING, 1);
	/* They say nothing about who waits in poll. */
	t.inflight[op_of_name("epoll_wait")] = 0;
	t.inflight[op_of_name("poll")] = 1;
	t.registered = WAY_EPOLL_ET;
	expect(&t, "poll", BASIS_WAITING, 1);
}

static void who_asks_for_io_signals_is_signal_driven(void **state)
{
	struct task_sums t = {.pid = 7};

	(void)state;
	/* To wait for signals is not to wait for I/O. */
	t.inflight[op_of_name("rt_sigtimedwait")] = 1;
	expect(&t, "idle", BASIS_NONE, 0);
	t.async = true;
	expect(&t, "signal-driven", BASIS_WAITING, 1);
	/* In sigsuspend, or anywhere else. */
	t.inflight[op_of_name("rt_sigtimedwait")] = 0;
	expect(&t, "signal-driven", BASIS_ASYNC, 0);
	/* Of threads it is the main one that the kernel gives the signal to. */
	t.tid = 8;
	expect(&t, "idle", BASIS_NONE, 0);
	t.tid = 7;
	expect(&t, "signal-driven", BASIS_ASYNC, 0);
	/* Who waits for I/O waits for that. */
	t.inflight[op_of_name("read")] = 1;
	expect(&t, "blocking", BASIS_WAITING, 1);
	t.signalfd = true;
	expect(&t, "signal-driven", BASIS_WAITING, 1);
	t.async = false;
	expect(&t, "blocking", BASIS_WAITING, 1);
	t.async = true;
	t.count[COUNT_READS + WAY_POLL] = 1;
	expect(&t, "poll", BASIS_READS, 1);
}

static void the_call_that_most_wait_in_decides(void **state)
{
	struct task_sums t = {0};

	(void)state;
	t.inflight[op_of_name("poll")] = 2;
	t.inflight[op_of_name("accept")] = 1;
	expect(&t, "poll", BASIS_WAITING, 2);
	t.inflight[op_of_name("accept")] = 2;
	expect(&t, "blocking", BASIS_WAITING, 2);
	t.inflight[op_of_name("epoll_wait")] = 3;
	expect(&t, "epoll-lt", BASIS_WAITING, 3);
	/* Writers and threads outside calls do not count. */
	t.inflight[op_of_name("write")] = 9;
	t.inflight[OP_APP] = 9;
	expect(&t, "epoll-lt", BASIS_WAITING, 3);
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
		assert_int_equal(model_decide(&t).model->way, way);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_all_is_idle),
		cmocka_unit_test(the_largest_share_of_reads_decides),
		cmocka_unit_test(of_equal_shares_the_earlier_rule_wins),
		cmocka_unit_test(one_read_outweighs_all_accepts),
		cmocka_unit_test(who_waits_in_a_call_uses_its_model),
		cmocka_unit_test(helpers_that_wait_in_read_are_no_blocking_server),
		cmocka_unit_test(registrations_tell_edge_from_level),
		cmocka_unit_test(who_asks_for_io_signals_is_signal_driven),
		cmocka_unit_test(the_call_that_most_wait_in_decides),
		cmocka_unit_test(every_row_of_the_table_is_whole),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
