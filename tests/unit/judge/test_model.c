/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_model.c - which model a task uses: each rule just holding and just not.
 */
#include "unit.h"
#include "judge/model.h"
#include "books/ops.h"
#include "books/snapshot.h"

#define LIFE 1000000ULL

/* Lets a task have been asleep in a call, and awake in it, for so long (ns). */
static void spend(struct task_sums *t, const char *call, uint64_t asleep, uint64_t awake)
{
	unsigned int op = op_of_name(call);

	assert_true(op != OP_APP || !strcmp(call, "app"));
	t->ns[op][PHASE_WAIT] = asleep;
	t->ns[op][PHASE_CPU] = awake;
	t->threads_ever = 1;
	t->wall = 10 * LIFE;
}

/* Lets calls of a task have ended in two ways, so often each. */
static void end(struct task_sums *t, const char *call, enum outcome out, uint64_t count,
		enum outcome other, uint64_t others)
{
	struct call_sums *sums = task_call(t, op_of_name(call));

	sums->outcome[other] = others;
	sums->outcome[out] = count;
}

/* Frees what a task holds. */
static void forget(struct task_sums *t)
{
	for (unsigned int op = 0; op < OPS; op++)
		free(t->call[op]);
}

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
	spend(&t, "poll", 5, 0);
	expect(&t, "blocking", BASIS_READS, 1);
	t.count[COUNT_READS + WAY_BLOCKING] = 0;
	expect(&t, "epoll-lt", BASIS_ACCEPTS, 1000);
	t.count[COUNT_ACCEPTS + WAY_EPOLL_LT] = 0;
	expect(&t, "poll", BASIS_TIME, 0);
	spend(&t, "poll", 0, 0);
	expect(&t, "idle", BASIS_NONE, 0);
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
	forget(&ever);
}

static void who_is_in_a_call_uses_its_model(void **state)
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
		{"epoll_ctl", "idle"},
		{"rt_sigtimedwait", "idle"},
		{"io_uring_enter", "io_uring"},
		{"io_submit", "linux-aio"},
		{"io_getevents", "linux-aio"},
		{"io_pgetevents", "linux-aio"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Asleep in it all the time, or in and out of it without ever being asleep. */
		for (int spins = 0; spins <= 1; spins++) {
			struct task_sums t = {0};

			spend(&t, rows[i].call, spins ? 0 : LIFE, spins ? LIFE : 1);
			assert_string_equal(model_decide(&t).model->name, rows[i].model);
			if (strcmp(rows[i].model, "idle"))
				assert_string_equal(model_decide(&t).call, rows[i].call);
		}
	}
}

static void calls_that_find_nothing_are_polling(void **state)
{
	static const char *const calls[] = {"recvfrom", "read", "msgrcv", "accept4"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct task_sums t = {0};

		spend(&t, calls[i], 0, LIFE);
		end(&t, calls[i], OUT_AGAIN, 500001, OUT_ERROR, 500000);
		expect(&t, "nonblocking", BASIS_TIME, 0);
		/* Half of them are not most. */
		end(&t, calls[i], OUT_AGAIN, 500000, OUT_ERROR, 500000);
		expect(&t, "blocking", BASIS_TIME, 0);
		/* One that sleeps for longer than the others poll. */
		end(&t, calls[i], OUT_AGAIN, 500001, OUT_ERROR, 500000);
		spend(&t, calls[i], 2 * LIFE, LIFE);
		expect(&t, "blocking", BASIS_TIME, 0);
		forget(&t);
	}
}

static void calls_that_fail_are_not_idle(void **state)
{
	struct task_sums t = {0};

	(void)state;
	spend(&t, "recvfrom", 0, LIFE);
	end(&t, "recvfrom", OUT_ERROR, 9, OUT_AGAIN, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	forget(&t);
}

static void reads_that_have_no_vote_leave_it_to_the_wait(void **state)
{
	struct task_sums t = {0};

	(void)state;
	/* A set that an eventfd or a timer makes ready all the time. */
	spend(&t, "epoll_wait", 0, LIFE);
	spend(&t, "read", 0, 3 * LIFE);
	end(&t, "read", OUT_OK, 1000, OUT_AGAIN, 10);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	/* Without it they are all that is known. */
	spend(&t, "epoll_wait", 0, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	forget(&t);
}

static void making_connections_is_not_polling(void **state)
{
	struct task_sums t = {0};

	(void)state;
	spend(&t, "connect", 0, 3 * LIFE);
	end(&t, "connect", OUT_AGAIN, 1000, OUT_OK, 0);
	spend(&t, "epoll_wait", LIFE, 0);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	spend(&t, "epoll_wait", 0, 0);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	forget(&t);
}

static void who_mostly_writes_is_called_by_its_writes(void **state)
{
	struct task_sums ever = {0}, t = {.ever = &ever};
	struct model_decision d;

	(void)state;
	spend(&t, "sendto", 0, 2 * LIFE);
	end(&t, "sendto", OUT_OK, 100, OUT_AGAIN, 0);
	t.count[COUNT_WRITES + WAY_NONBLOCKING] = 60;
	t.count[COUNT_WRITES + WAY_BLOCKING] = 40;
	expect(&t, "nonblocking", BASIS_WRITES, 100);
	d = model_decide(&t);
	assert_int_equal(d.shares, 2);
	assert_int_equal(d.share[0].count, 60);
	/* Who waits for longer than it writes is called by what it waits in. */
	spend(&t, "epoll_wait", 3 * LIFE, 0);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	assert_int_equal(model_decide(&t).shares, 0);
	t.count[COUNT_ACCEPTS + WAY_POLL] = 1;
	expect(&t, "poll", BASIS_ACCEPTS, 1);
	t.count[COUNT_ACCEPTS + WAY_POLL] = 0;
	/* In a quiet interval the writes of old stand. */
	memcpy(ever.count, t.count, sizeof(ever.count));
	memset(t.count, 0, sizeof(t.count));
	spend(&ever, "sendto", 0, 2 * LIFE);
	spend(&t, "sendto", 0, 0);
	spend(&t, "epoll_wait", 0, 0);
	expect(&t, "nonblocking", BASIS_WRITES, 100);
	assert_true(model_decide(&t).before);
	/* Writes that were not counted: they wake somebody up, find no room, or sleep for it. */
	t.ever = NULL;
	spend(&t, "sendto", 0, LIFE);
	expect(&t, "blocking", BASIS_TIME, 0);
	end(&t, "sendto", OUT_AGAIN, 101, OUT_OK, 100);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	spend(&t, "sendto", 2 * LIFE, LIFE);
	expect(&t, "blocking", BASIS_TIME, 0);
	forget(&t);
}

static void requests_are_waited_for(void **state)
{
	static const struct {
		const char *request, *model;
	} rows[] = {{"uring_read", "io_uring"}, {"aio_poll", "linux-aio"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct task_sums t = {0};

		/* In epoll_wait for an eventfd that tells of completions. */
		spend(&t, "epoll_wait", 9 * LIFE, LIFE);
		t.inflight[op_of_name(rows[i].request)] = 3;
		assert_string_equal(model_decide(&t).model->name, rows[i].model);
		assert_string_equal(model_decide(&t).call, rows[i].request);
		assert_int_equal(model_decide(&t).requests, 3);
		/* None is in flight at the end by chance. */
		t.inflight[op_of_name(rows[i].request)] = 0;
		expect(&t, "epoll-lt", BASIS_TIME, 0);
		end(&t, rows[i].request, OUT_OK, 1000, OUT_ERROR, 0);
		assert_string_equal(model_decide(&t).model->name, rows[i].model);
		/* Who has ended waits for none, and may have completed what others made. */
		end(&t, rows[i].request, OUT_OK, 0, OUT_ERROR, 0);
		t.inflight[op_of_name(rows[i].request)] = (unsigned int)-3;
		expect(&t, "epoll-lt", BASIS_TIME, 0);
		forget(&t);
	}
}

static void helpers_that_wait_in_read_are_no_blocking_server(void **state)
{
	struct task_sums t = {.inflight_aio = 2};

	(void)state;
	spend(&t, "read", LIFE, 0);
	t.inflight[op_of_name("read")] = 3;
	expect(&t, "posix-aio", BASIS_TIME, 0);
	t.inflight_aio = 1;
	expect(&t, "blocking", BASIS_TIME, 0);
	/* They say nothing about who waits in accept. */
	spend(&t, "accept", 2 * LIFE, 0);
	t.inflight_aio = 3;
	expect(&t, "blocking", BASIS_TIME, 0);
	assert_string_equal(model_decide(&t).call, "accept");
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
	forget(&t);
}

static void to_wait_in_poll_for_one_descriptor_is_to_block(void **state)
{
	struct task_sums t = {.count = {[COUNT_ALONE_POLL] = 6 * LIFE}};

	(void)state;
	spend(&t, "poll", 10 * LIFE, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	assert_int_equal(model_decide(&t).ns, 6 * LIFE);
	assert_string_equal(model_decide(&t).call, "poll");
	t.count[COUNT_ALONE_POLL] = 4 * LIFE;
	expect(&t, "poll", BASIS_TIME, 0);
	assert_int_equal(model_decide(&t).ns, 6 * LIFE);
	spend(&t, "select", 20 * LIFE, 0);
	expect(&t, "select", BASIS_TIME, 0);
	t.count[COUNT_ALONE_SELECT] = 20 * LIFE;
	expect(&t, "blocking", BASIS_TIME, 0);
}

static void the_calls_with_the_most_time_decide(void **state)
{
	struct task_sums t = {0};
	struct model_decision d;

	(void)state;
	/* A tenth more is as much; what is further up in the table goes first then. */
	spend(&t, "poll", 10 * LIFE, 0);
	spend(&t, "accept", 9 * LIFE - 1, 0);
	expect(&t, "poll", BASIS_TIME, 0);
	spend(&t, "accept", 9 * LIFE, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	/* Those of one model are added up, and the one with the most is named. */
	spend(&t, "read", 5 * LIFE, 0);
	d = model_decide(&t);
	assert_int_equal(d.ns, 14 * LIFE);
	assert_string_equal(d.call, "accept");
	spend(&t, "epoll_wait", 20 * LIFE, 0);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	/* Time outside of I/O calls, and in epoll_ctl, is of no model. */
	spend(&t, "app", 90 * LIFE, 0);
	spend(&t, "epoll_ctl", 90 * LIFE, 0);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
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
		cmocka_unit_test(where_the_time_went_before_stands_in_a_quiet_interval),
		cmocka_unit_test(who_is_in_a_call_uses_its_model),
		cmocka_unit_test(calls_that_find_nothing_are_polling),
		cmocka_unit_test(calls_that_fail_are_not_idle),
		cmocka_unit_test(reads_that_have_no_vote_leave_it_to_the_wait),
		cmocka_unit_test(making_connections_is_not_polling),
		cmocka_unit_test(who_mostly_writes_is_called_by_its_writes),
		cmocka_unit_test(requests_are_waited_for),
		cmocka_unit_test(helpers_that_wait_in_read_are_no_blocking_server),
		cmocka_unit_test(registrations_tell_edge_from_level),
		cmocka_unit_test(who_asks_for_io_signals_is_signal_driven),
		cmocka_unit_test(to_wait_in_poll_for_one_descriptor_is_to_block),
		cmocka_unit_test(the_calls_with_the_most_time_decide),
		cmocka_unit_test(every_row_of_the_table_is_whole),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
