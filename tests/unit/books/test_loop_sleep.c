/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_loop_sleep.c - what event loops were asleep in, from the books of their threads.
 */
#include "unit.h"
#include "books/pulse.h"
#include "common/hist.h"
#include "common/turn.h"

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
	const struct books books = {0};

	for (size_t i = 0; i < 3; i++) {
		before[i] = then ? &then[i] : NULL;
		after[i] = &now[i];
	}
	if (then)
		pulses_fill(&earlier, &books, before, 3);
	pulses_fill(&later, &books, after, 3);
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

/* What a thread that is told of two connections, or of one, did between two marks in 1000 ns. */
static struct loop_sleep noted(struct sleep_marks then, struct sleep_marks now, bool loop)
{
	struct loop_sleep_list list = {0};
	struct loop_sleep sum;

	now.told = 1;
	now.connections = loop ? 2 : 1;
	now.mux = 1;
	loop_sleep_note(&list, 3, &then, &now, SLOW_TURN * 2);
	sum = list.process[0];
	loop_sleep_clear(&list);
	return sum;
}

static void a_turn_in_progress_counts_if_it_began_in_the_window(void **state)
{
	struct loop_sleep_list list = {0};
	struct sleep_marks now = {.mux = 1, .turn = 900};

	(void)state;
	/* One has waited for longer than the window, which does not hide the other one's. */
	loop_sleep_note(&list, 3, NULL, &now, 899);
	assert_int_equal(list.process[0].turn, 0);
	now.turn = 70;
	loop_sleep_note(&list, 3, NULL, &now, 899);
	now.turn = 60;
	loop_sleep_note(&list, 3, NULL, &now, 899);
	assert_int_equal(list.process[0].turn, 70);
	now.turn = 899;
	loop_sleep_note(&list, 3, NULL, &now, 899);
	assert_int_equal(list.process[0].turn, 899);
	loop_sleep_clear(&list);
}

static void slow_turns_of_loops_count(void **state)
{
	const struct sleep_marks then = {.slow = 2, .slowest = 5000000000, .away[AWAY_CPU] = 10},
				 none = {0};
	struct sleep_marks now = {.slow = 5, .slowest = 6000000000, .away[AWAY_CPU] = 50};
	struct loop_sleep sum = noted(then, now, true);

	(void)state;
	assert_int_equal(sum.slow, 3);
	assert_int_equal(sum.slowest, 6000000000);
	assert_int_equal(sum.away[AWAY_CPU], 40);
	sum = noted(then, now, false);
	assert_int_equal(sum.slow, 0);
	assert_int_equal(sum.slowest, 0);
	/* The slowest ones were before. */
	sum = noted(then, then, true);
	assert_int_equal(sum.slow, 0);
	assert_int_equal(sum.slowest, 0);
	/* One is in progress: not yet, and now. */
	now = (struct sleep_marks){.turn = SLOW_TURN - 1};
	assert_int_equal(noted(none, now, true).slow, 0);
	now.turn = SLOW_TURN + SLOW_TURN / 16;
	sum = noted(none, now, true);
	assert_int_equal(sum.slow, 1);
	assert_int_equal(sum.slowest, SLOW_TURN + SLOW_TURN / 16);
	now.turn = 2 * SLOW_TURN + 1;
	assert_int_equal(noted(none, now, true).slow, 0);
}

static void the_books_tell_of_turns(void **state)
{
	struct octave octaves[3] = {0};
	struct row rows[3] = {[1] = {.wait_max = 300000000}, [2] = {.wait_max = 7}};
	const struct books books = {
		.rows = rows, .octaves = octaves, .row_count = 3, .octave_count = 3};
	struct thread t = thread(1, 1);
	struct sleep_marks m;
	unsigned int limit = hist_bucket(SLOW_TURN);

	(void)state;
	t.row[OP_LOOP] = 1;
	t.row[OP_LOOP_EMPTY] = 2;
	rows[1].wait[limit / STEPS] = 1;
	rows[1].wait[limit / STEPS + 1] = 2;
	/* 200 ms is in this bucket, and what is in it may be less. */
	octaves[1].step[limit % STEPS] = 10;
	octaves[1].step[limit % STEPS + 1] = 3;
	octaves[2].step[0] = 4;
	t.turn = 1000;
	sleep_marks_set(&m, &books, &t);
	assert_int_equal(m.slow, 7);
	assert_int_equal(m.slowest, 300000000);
	assert_int_equal(m.turn, 7);
	t.turn = 0;
	rows[2].wait[limit / STEPS] = 1;
	rows[2].wait_max = 400000000;
	sleep_marks_set(&m, &books, &t);
	assert_int_equal(m.slow, 10);
	assert_int_equal(m.slowest, 400000000);
	assert_int_equal(m.turn, 0);
}

static void processes_are_joined(void **state)
{
	struct loop_sleep a = {.muxers = 2,
			       .loops = 1,
			       .lived = 10,
			       .asleep = {1, 2, 3, 4, 5},
			       .slow = 3,
			       .slowest = 7,
			       .turn = 5};
	const struct loop_sleep b = {.muxers = 1,
				     .loops = 1,
				     .lived = 5,
				     .asleep = {10, 20, 30, 40, 50},
				     .slow = 4,
				     .slowest = 6,
				     .turn = 8};

	(void)state;
	loop_sleep_join(&a, &b);
	assert_int_equal(a.muxers, 3);
	assert_int_equal(a.loops, 2);
	assert_int_equal(a.lived, 15);
	assert_int_equal(a.asleep[SLEEP_READ], 11);
	assert_int_equal(a.asleep[SLEEPS - 1], 55);
	assert_int_equal(a.slow, 7);
	assert_int_equal(a.slowest, 7);
	assert_int_equal(a.turn, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_time_of_loops_counts),
		cmocka_unit_test(a_poll_of_one_counts_beside_epoll_only),
		cmocka_unit_test(a_poll_of_one_in_progress_counts_so_far),
		cmocka_unit_test(a_turn_in_progress_counts_if_it_began_in_the_window),
		cmocka_unit_test(slow_turns_of_loops_count),
		cmocka_unit_test(the_books_tell_of_turns),
		cmocka_unit_test(processes_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
