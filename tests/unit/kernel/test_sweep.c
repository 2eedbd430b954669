/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_sweep.c - threads whose death was missed are found, on made-up books and a made-up /proc.
 */
#include <unistd.h>

#include "kernel/sweep.h"
#include "proc/proc_tree.h"

enum {
	ROOM = 12,
	START = 100,	  /* when all of them were started */
	NOBODY = 5000000, /* beyond any pid: whoever is not in the made-up /proc is nowhere */
};

#define STEP (25 * NSEC_PER_MSEC)

/* A thread that there is not on this machine. */
#define T(n) (NOBODY + (n))

/* What a sweep has found. */
struct findings {
	int missed[ROOM], dead[ROOM];
};

static struct thread thread[ROOM];
static uint64_t now;

static void note_missed(void *arg, uint32_t index)
{
	((struct findings *)arg)->missed[index]++;
}

static void note_dead(void *arg, uint32_t index)
{
	((struct findings *)arg)->dead[index]++;
}

/* Books of a thread of process 7 that is alive, as far as they know. */
static void put_books(uint32_t index, pid_t tid)
{
	thread[index] = (struct thread){.state = THREAD_LIVE,
					.tgid = T(7),
					.tid = (__u32)tid,
					.start = START,
					.born = 1,
					.since = now - STEP};
}

/* Empty books for the test. */
static struct books new_books(void)
{
	memset(thread, 0, sizeof(thread));
	now = NSEC_PER_SEC;
	return (struct books){.threads = thread, .thread_count = ROOM};
}

/* Lets so much time (ns) go by, in steps. */
static void let_pass(struct sweep *s, struct books *b, uint64_t time, struct findings *f)
{
	const struct sweep_found found = {note_missed, note_dead, f};

	for (uint64_t until = now + time; now < until; now += STEP)
		sweep_step(s, b, now, &found);
}

/* Books of threads that have all ended. */
static struct books new_books_of_the_dead(void)
{
	struct books b = new_books();

	for (uint32_t i = 1; i < ROOM; i++) {
		put_books(i, T(7 + (pid_t)i));
		thread[i].state = THREAD_DEAD;
	}
	return b;
}

/* Asserts that each of these was found once. */
static void assert_each_once(const struct findings *f)
{
	for (int i = 1; i < ROOM; i++)
		assert_int_equal(f->dead[i], 1);
	assert_int_equal(f->dead[0], 0);
}

static void who_is_gone_is_found_and_nobody_else(void **state)
{
	struct books b = new_books();
	struct findings f = {0};
	struct sweep s = {0};

	(void)state;
	put_books(1, T(7));
	put_books(2, T(8));
	put_books(3, T(9));
	put_books(4, T(10));
	put_books(5, T(11));
	thread[5].state = THREAD_DEAD;
	put_books(6, T(12));
	thread[6].state = THREAD_FREE;
	put_stat(T(7), T(7), "x", 'Z', 1, 0, START); /* the leader has ended, the others go on */
	put_stat(T(7), T(8), "x", 'S', 1, 0, START);
	put_stat(T(7), T(9), "x", 'S', 1, 0, START + 1); /* another thread has the number */
	let_pass(&s, &b, SWEEP_TIME + 3 * SWEEP_BETWEEN, &f);
	for (int i = 0; i < ROOM; i++) {
		assert_int_equal(f.missed[i] > 0, i == 1 || i == 3 || i == 4);
		assert_int_equal(f.dead[i] > 0, i == 5);
	}
	sweep_clear(&s);
}

static void each_is_looked_at_once_in_a_round(void **state)
{
	struct books b = new_books_of_the_dead();
	struct findings f = {0};
	struct sweep s = {0};

	(void)state;
	let_pass(&s, &b, SWEEP_TIME + STEP, &f);
	assert_each_once(&f);
	let_pass(&s, &b, SWEEP_TIME / 2, &f);
	assert_int_equal(f.dead[1], 2);
	assert_int_equal(f.dead[ROOM - 1], 1);
	sweep_clear(&s);
}

static void who_comes_back_under_another_number_is_alive(void **state)
{
	struct books b = new_books();
	struct findings f = {0};
	struct sweep s = {0};

	(void)state;
	/* Thread 8 has made an exec: it is 7 by now, but we have not been told yet. */
	put_books(1, T(8));
	put_stat(T(7), T(7), "x", 'S', 1, 0, START);
	for (int i = 0; i < 500 && !s.newer.count && !s.older.count; i++)
		let_pass(&s, &b, STEP, &f);
	assert_int_equal(s.newer.count + s.older.count, 1);
	thread[1].tid = T(7);
	let_pass(&s, &b, 2 * SWEEP_TIME, &f);
	assert_int_equal(f.missed[1], 0);
	sweep_clear(&s);
}

static void an_ended_process_has_no_living_threads(void **state)
{
	struct books b = new_books();
	struct findings f = {0};
	const struct sweep_found found = {note_missed, note_dead, &f};

	(void)state;
	put_books(1, T(7));
	put_books(2, T(8));
	put_books(3, T(20));
	thread[3].tgid = T(20);
	put_stat(T(7), T(7), "x", 'Z', 1, 0, START);
	sweep_process(&b, T(7), &found);
	assert_int_equal(f.missed[1], 1);
	assert_int_equal(f.missed[2], 1);
	assert_int_equal(f.missed[3], 0);
}

static void who_is_hidden_is_not_gone(void **state)
{
	struct books b = new_books();
	struct findings f = {0};
	struct sweep s = {0};

	(void)state;
	/* As under hidepid: we are there, and the made-up /proc does not show it. */
	put_books(1, getpid());
	let_pass(&s, &b, 2 * SWEEP_TIME, &f);
	assert_int_equal(f.missed[1], 0);
	sweep_clear(&s);
}

static void who_has_not_moved_is_asked_about_in_one_look_of_some(void **state)
{
	struct books b = new_books();
	struct findings f = {0};
	struct sweep s = {0};

	(void)state;
	put_books(1, T(7));
	put_books(2, T(8));
	put_stat(T(7), T(7), "x", 'S', 1, 0, START);
	put_stat(T(7), T(8), "x", 'S', 1, 0, START);
	let_pass(&s, &b, SWEEP_TIME + 3 * SWEEP_BETWEEN, &f);
	/* Both go, which is not told of; of one it is seen that it leaves its CPU. */
	put_stat(T(7), T(7), "x", 'Z', 1, 0, START);
	put_stat(T(7), T(8), "x", 'Z', 1, 0, START);
	thread[2].since = now;
	let_pass(&s, &b, 2 * SWEEP_TIME + 3 * SWEEP_BETWEEN, &f);
	assert_int_equal(f.missed[1], 0);
	assert_true(f.missed[2] > 0);
	let_pass(&s, &b, SWEEP_WHOLE * SWEEP_TIME, &f);
	assert_true(f.missed[1] > 0);
	sweep_clear(&s);
}

static void who_is_late_looks_at_all_that_is_due(void **state)
{
	struct books b = new_books_of_the_dead();
	struct findings f = {0};
	const struct sweep_found found = {note_missed, note_dead, &f};
	struct sweep s = {0};

	(void)state;
	sweep_step(&s, &b, now, &found);
	sweep_step(&s, &b, now + 3 * SWEEP_TIME, &found);
	assert_each_once(&f);
	sweep_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(who_is_gone_is_found_and_nobody_else),
		made_up(each_is_looked_at_once_in_a_round),
		made_up(who_comes_back_under_another_number_is_alive),
		made_up(an_ended_process_has_no_living_threads),
		made_up(who_has_not_moved_is_asked_about_in_one_look_of_some),
		made_up(who_is_late_looks_at_all_that_is_due),
		made_up(who_is_hidden_is_not_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
