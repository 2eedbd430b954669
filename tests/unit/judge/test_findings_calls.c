/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_findings_calls.c - what is found in calls that are too many, too small, in vain, or fail.
 */
#include <errno.h>

#include "made_findings.h"

/* Reads that find nothing, after so many waits that said ready, by so many threads that wait. */
static void expect_again(uint64_t again, uint64_t ok, uint64_t ready, unsigned int threads,
			 const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct sleep_marks marks = {.mux = 1};

	end(t, "read", OUT_AGAIN, again, OUT_OK, ok);
	end(t, "epoll_wait", OUT_OK, ready, OUT_TIMEOUT, 0);
	for (unsigned int i = 0; i < threads; i++)
		loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void wake_ups_that_are_read_out_are_no_herd(void **state)
{
	const struct sleep_marks marks = {.mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);

	(void)state;
	/* Each read of data, and of a wake-up, is followed by one that finds nothing. */
	end(t, "read", OUT_AGAIN, 1200, OUT_OK, 1200);
	t->count[COUNT_WAKEUPS] = 600;
	end(t, "epoll_wait", OUT_OK, 1200, OUT_TIMEOUT, 0);
	for (unsigned int i = 0; i < 2; i++)
		loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, "");
}

static void reads_in_vain_are_polling_or_a_herd(void **state)
{
	(void)state;
	expect_again(1000, 250, 0, 0, "polling");
	expect_again(1000, 252, 0, 0, "");
	expect_again(1000, 250, 500, 1, "polling");
	/* An edge-triggered server reads until there is nothing left. */
	expect_again(1000, 1000, 1000, 1, "");
	expect_again(1000, 500, 600, 2, "herd-read");
	expect_again(1000, 500, 600, 1, "");
	expect_again(1000, 502, 600, 2, "");
}

/* Calls of epoll_ctl beside a thousand reads and some accepts. */
static void expect_control(uint64_t ok, uint64_t failed, unsigned int error, uint64_t accepts,
			   const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "epoll_ctl", OUT_OK, ok, OUT_ERROR, failed);
	errors_count(&task_call(t, OP_EPOLL_CTL)->errors, error, failed);
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "accept4", OUT_OK, accepts, OUT_AGAIN, 0);
	expect_only(&w, id);
}

static void each_accept_is_granted_three_calls_of_epoll_ctl(void **state)
{
	(void)state;
	expect_control(1000, 0, ENOENT, 66, "control-per-request");
	expect_control(1000, 0, ENOENT, 70, "");
	expect_control(900, 100, ENOENT, 1000, "control-fails");
	expect_control(910, 90, ENOENT, 1000, "");
	/* Files on disks are tried by some, and cannot be waited for. */
	expect_control(20, 3000, EPERM, 10, "");
}

/* Small reads of one connection; `waited` of 1000 were after a sleep. */
static void expect_tiny(uint64_t bytes, uint64_t turns, uint64_t wakeups, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "read", OUT_OK, 1000 + wakeups, OUT_AGAIN, 0);
	task_call(t, OP_READ)->bytes = bytes;
	t->count[COUNT_WAKEUPS] = wakeups;
	t->count[COUNT_SOCKET_READS] = 1000;
	t->count[COUNT_CONNECTIONS] = turns;
	end(t, "write", OUT_OK, 100, OUT_AGAIN, 0);
	expect_only(&w, id);
}

static void tiny_reads_follow_each_other_on_one_connection(void **state)
{
	(void)state;
	expect_tiny(256000, 125, 0, "tiny-reads");
	expect_tiny(256600, 125, 0, "");
	expect_tiny(256000, 126, 0, "");
	expect_tiny(256000, 125, 500, "tiny-reads");
}

/* Waits of a thread that came back with nothing, in a second, beside others that did not. */
static void expect_timeouts(uint64_t timeouts, uint64_t ready, const char *id)
{
	const struct sleep_marks marks = {.mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "poll", OUT_TIMEOUT, timeouts, OUT_OK, ready);
	end(t, "read", OUT_OK, ready, OUT_AGAIN, 0);
	loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void waits_in_vain_are_busy_or_short(void **state)
{
	(void)state;
	expect_timeouts(2000, 2000, "busy-waits");
	expect_timeouts(2000, 2005, "");
	expect_timeouts(1999, 100, "short-waits");
	expect_timeouts(200, 200, "short-waits");
	expect_timeouts(199, 10, "");
}

/* Calls that failed so, of a hundred and more. */
static void expect_failures(const char *call, enum outcome out, uint64_t failed, uint64_t ok,
			    uint64_t ready, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, call, out, failed, OUT_OK, ok);
	if (out == OUT_ERROR)
		errors_count(&task_call(t, op_of_name(call))->errors, ECONNREFUSED, failed);
	if (ready)
		end(t, "select", OUT_OK, ready, OUT_TIMEOUT, 0);
	expect_only(&w, id);
}

static void sockets_of_services_that_need_not_run_are_no_failures(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	(void)state;
	/* As glibc looks for nscd, in each of many processes; and one that is refused too seldom.
	 */
	end(t, "connect", OUT_ERROR, 109, OUT_OK, 0);
	errors_count(&task_call(t, op_of_name("connect"))->errors, ENOENT, 100);
	errors_count(&task_call(t, op_of_name("connect"))->errors, ECONNREFUSED, 9);
	expect_only(&w, "");
}

static void failures_are_held_against_successes(void **state)
{
	(void)state;
	expect_failures("connect", OUT_ERROR, 10, 10, 0, "connect-fails");
	expect_failures("connect", OUT_ERROR, 10, 11, 0, "");
	expect_failures("connect", OUT_ERROR, 9, 0, 0, "");
	expect_failures("sendto", OUT_AGAIN, 100, 900, 0, "writes-refused");
	expect_failures("sendto", OUT_AGAIN, 100, 910, 0, "");
	expect_failures("accept4", OUT_AGAIN, 100, 50, 50, "herd-accept");
	expect_failures("accept4", OUT_AGAIN, 100, 51, 50, "");
	expect_failures("accept4", OUT_AGAIN, 100, 50, 49, "");
}

/* A thousand waits that did not sleep and filled their room of one; so many reads of a loop. */
static void expect_single(uint64_t full, uint64_t events, uint64_t connections, const char *id)
{
	const struct sleep_marks marks = {.told = 1, .connections = connections, .mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);
	struct call_sums *turns = task_call(t, OP_LOOP);

	end(t, "epoll_wait", OUT_OK, 1100, OUT_TIMEOUT, 0);
	end(t, "recvfrom", OUT_OK, 1100, OUT_AGAIN, 0);
	end(t, "sendto", OUT_OK, 1100, OUT_AGAIN, 0);
	turns->outcome[OUT_OK] = 1100;
	turns->bytes = events;
	t->count[COUNT_FULL_WAITS] = full;
	loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void a_loop_has_room_for_more_than_one_event(void **state)
{
	(void)state;
	expect_single(1000, 1100, 2, "single-events");
	expect_single(1000, 1110, 2, "");
	expect_single(980, 1100, 2, "");
	expect_single(1000, 1100, 1, "");
}

/* A thousand reads of one connection after so many waits that said ready. */
static void expect_left(uint64_t ready, uint64_t bytes, uint64_t turns, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "recvfrom", OUT_OK, 1000, OUT_AGAIN, 0);
	task_call(t, op_of_name("recvfrom"))->bytes = bytes;
	t->count[COUNT_SOCKET_READS] = 1000;
	t->count[COUNT_CONNECTIONS] = turns;
	end(t, "poll", OUT_OK, ready, OUT_TIMEOUT, 0);
	expect_only(&w, id);
}

static void a_wait_for_each_piece_is_found(void **state)
{
	(void)state;
	expect_left(1000, 1024000, 125, "data-left");
	expect_left(500, 1024000, 125, "data-left");
	expect_left(490, 1024000, 125, "");
	expect_left(2000, 1024000, 125, "data-left");
	expect_left(2030, 1024000, 125, "");
	expect_left(1000, 1025000, 125, "");
	expect_left(1000, 1024000, 126, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_vain_are_polling_or_a_herd),
		cmocka_unit_test(wake_ups_that_are_read_out_are_no_herd),
		cmocka_unit_test(each_accept_is_granted_three_calls_of_epoll_ctl),
		cmocka_unit_test(tiny_reads_follow_each_other_on_one_connection),
		cmocka_unit_test(waits_in_vain_are_busy_or_short),
		cmocka_unit_test(sockets_of_services_that_need_not_run_are_no_failures),
		cmocka_unit_test(failures_are_held_against_successes),
		cmocka_unit_test(a_loop_has_room_for_more_than_one_event),
		cmocka_unit_test(a_wait_for_each_piece_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
