/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_loop_sleep.c - what event loops were asleep in, from the books of their threads.
 */
#include "unit.h"
#include "books/pulse.h"

/* Books of a thread that has lived for 1000 ns, born at 7. */
static struct thread thread(__u32 pid, __u32 tid)
{
	return (struct thread){.state = THREAD_LIVE,
			       .tgid = pid,
			       .tid = tid,
			       .born = 7,
			       .since = 1007,
			       .op = OP_APP};
}

/* The sums between two copies of the books of three threads; NULL: all since their birth. */
static struct loop_sleep_list between(const struct thread *then, const struct thread *now)
{
	const struct thread *before[3], *after[3];
	struct pulse_list earlier = {0}, later = {0};
	struct loop_sleep_list list = {0};

	for (size_t i = 0; i < 3; i++) {
		before[i] = then ? &then[i] : NULL;
		after[i] = &now[i];
	}
	if (then)
		pulses_fill(&earlier, before, 3);
	pulses_fill(&later, after, 3);
	pulses_loops(&list, &earlier, &later);
	pulses_clear(&earlier);
	pulses_clear(&later);
	return list;
}

/* Lets a thread be an event loop: told 10 times, of two connections. */
static void make_loop(struct thread *t, __u32 mux)
{
	t->count[COUNT_MUX_READY] += 10;
	t->count[COUNT_CONNECTIONS] += 2;
	t->ns[mux][PHASE_WAIT] += 100;
	t->since += 400;
}

static void only_the_time_of_loops_counts(void **state)
{
	struct thread now[3] = {thread(1, 1), thread(1, 2), thread(2, 2)}, then[3];
	struct loop_sleep_list list;
	const struct loop_sleep *one;

	(void)state;
	now[0].ns[OP_READ][PHASE_WAIT] = 500;
	memcpy(then, now, sizeof(now));
	make_loop(&now[0], OP_EPOLL_WAIT);
	now[0].ns[OP_READ][PHASE_WAIT] += 30;
	now[0].ns[OP_RECVFROM][PHASE_WAIT] += 3;
	now[0].ns[OP_RECVFROM][PHASE_CPU] += 1000;
	now[0].ns[OP_WRITEV][PHASE_WAIT] += 7;
	now[0].ns[OP_CONNECT][PHASE_WAIT] += 11;
	now[0].ns[OP_ACCEPT4][PHASE_WAIT] += 13;
	now[0].count[COUNT_ALONE_POLL] += 17;
	/* A helper of the same process that blocks, and a poller that serves nobody. */
	now[1].ns[OP_READ][PHASE_WAIT] += 400;
	now[2].ns[OP_POLL][PHASE_WAIT] += 100;
	now[2].ns[OP_WRITE][PHASE_WAIT] += 100;
	list = between(then, now);
	assert_int_equal(list.count, 2);
	one = loop_sleep_find(&list, 1);
	assert_int_equal(one->muxers, 1);
	assert_int_equal(one->loops, 1);
	assert_int_equal(one->lived, 400);
	assert_int_equal(one->asleep[SLEEP_READ], 33);
	assert_int_equal(one->asleep[SLEEP_WRITE], 7);
	assert_int_equal(one->asleep[SLEEP_CONNECT], 11);
	assert_int_equal(one->asleep[SLEEP_ACCEPT], 13);
	assert_int_equal(one->asleep[SLEEP_ALONE], 17);
	assert_int_equal(loop_sleep_find(&list, 2)->muxers, 1);
	assert_int_equal(loop_sleep_find(&list, 2)->loops, 0);
	assert_int_equal(loop_sleep_find(&list, 2)->asleep[SLEEP_WRITE], 0);
	assert_null(loop_sleep_find(&list, 3));
	loop_sleep_clear(&list);
}

static void a_poll_of_one_counts_beside_epoll_only(void **state)
{
	struct thread now[3] = {thread(1, 1), thread(1, 2), thread(2, 2)};
	struct loop_sleep_list list;

	(void)state;
	make_loop(&now[0], OP_POLL);
	now[0].count[COUNT_ALONE_POLL] += 300;
	list = between(NULL, now);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.process[0].asleep[SLEEP_ALONE], 0);
	assert_int_equal(list.process[0].lived, 1400);
	loop_sleep_clear(&list);
}

static void a_poll_of_one_in_progress_counts_so_far(void **state)
{
	struct thread now[3] = {thread(1, 1), thread(1, 2), thread(2, 2)};
	struct loop_sleep_list list;

	(void)state;
	make_loop(&now[0], OP_EPOLL_WAIT);
	now[0].op = OP_POLL;
	now[0].arg = 1;
	now[0].wait_then = 40;
	now[0].ns[OP_POLL][PHASE_WAIT] = 90;
	list = between(NULL, now);
	assert_int_equal(list.process[0].asleep[SLEEP_ALONE], 50);
	loop_sleep_clear(&list);
	now[0].arg = 2;
	list = between(NULL, now);
	assert_int_equal(list.process[0].asleep[SLEEP_ALONE], 0);
	loop_sleep_clear(&list);
}

static void processes_are_joined(void **state)
{
	struct loop_sleep a = {.muxers = 2, .loops = 1, .lived = 10, .asleep = {1, 2, 3, 4, 5}};
	const struct loop_sleep b = {
		.muxers = 1, .loops = 1, .lived = 5, .asleep = {10, 20, 30, 40, 50}};

	(void)state;
	loop_sleep_join(&a, &b);
	assert_int_equal(a.muxers, 3);
	assert_int_equal(a.loops, 2);
	assert_int_equal(a.lived, 15);
	assert_int_equal(a.asleep[SLEEP_READ], 11);
	assert_int_equal(a.asleep[SLEEPS - 1], 55);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_time_of_loops_counts),
		cmocka_unit_test(a_poll_of_one_counts_beside_epoll_only),
		cmocka_unit_test(a_poll_of_one_in_progress_counts_so_far),
		cmocka_unit_test(processes_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
