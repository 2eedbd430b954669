/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_way_time.c - which model a task uses by where its time went, when it has read nothing.
 */
#include "made_task.h"

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
			task_clear(&t);
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
		task_clear(&t);
	}
}

static void calls_that_fail_are_not_idle(void **state)
{
	struct task_sums t = {0};

	(void)state;
	spend(&t, "recvfrom", 0, LIFE);
	end(&t, "recvfrom", OUT_ERROR, 9, OUT_AGAIN, 0);
	expect(&t, "blocking", BASIS_TIME, 0);
	task_clear(&t);
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
	task_clear(&t);
}

static void refused_after_being_told_is_not_polling(void **state)
{
	struct task_sums t = {0};

	(void)state;
	/* Each event is of a descriptor that has nothing. */
	spend(&t, "epoll_wait", 0, LIFE);
	end(&t, "epoll_wait", OUT_OK, 500, OUT_AGAIN, 0);
	spend(&t, "recvfrom", 0, 3 * LIFE);
	end(&t, "recvfrom", OUT_AGAIN, 500, OUT_OK, 0);
	expect(&t, "epoll-lt", BASIS_TIME, 0);
	/* One that looks more often than it is told to. */
	end(&t, "recvfrom", OUT_AGAIN, 501, OUT_OK, 0);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	/* Waits that end at their limit tell of nothing. */
	end(&t, "epoll_wait", OUT_TIMEOUT, 1000, OUT_OK, 499);
	end(&t, "recvfrom", OUT_AGAIN, 500, OUT_OK, 0);
	expect(&t, "nonblocking", BASIS_TIME, 0);
	task_clear(&t);
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
	task_clear(&t);
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
	task_clear(&t);
	task_clear(&ever);
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
		task_clear(&t);
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
	task_clear(&t);
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
	task_clear(&t);
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
	task_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_in_a_call_uses_its_model),
		cmocka_unit_test(calls_that_find_nothing_are_polling),
		cmocka_unit_test(calls_that_fail_are_not_idle),
		cmocka_unit_test(reads_that_have_no_vote_leave_it_to_the_wait),
		cmocka_unit_test(refused_after_being_told_is_not_polling),
		cmocka_unit_test(making_connections_is_not_polling),
		cmocka_unit_test(who_mostly_writes_is_called_by_its_writes),
		cmocka_unit_test(requests_are_waited_for),
		cmocka_unit_test(helpers_that_wait_in_read_are_no_blocking_server),
		cmocka_unit_test(to_wait_in_poll_for_one_descriptor_is_to_block),
		cmocka_unit_test(the_calls_with_the_most_time_decide),
	};

	return cmocka_run_group_tests_name("way_time", tests, NULL, NULL);
}
