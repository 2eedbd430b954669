/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_back.c - threads that are let go while they live, and come back: each counts once in
 * whatever time it lived in.
 */
#include "books/world.h"

/* A living thread is let go; whoever lets it go knows it again. */
static struct let_go leave(struct world *w, struct thread *t, uint32_t start)
{
	struct let_go left = {.start = start};

	make_calls(w, t, CALLS);
	die(w, t);
	left.at = t->since;
	return left;
}

/* It comes back, if it is that one, when the latest snapshot was taken then (ns). */
static struct thread *come_back(struct world *w, pid_t tid, const struct let_go *left,
				uint32_t start, uint64_t snapshot)
{
	struct thread *t = be_born(w, 5, tid);

	t->again = again_of(left, start, snapshot);
	return t;
}

/* How many threads process 5 had in the time between two looks, and, with -t, thread 6. */
static unsigned int lived(const struct snapshot *from, const struct snapshot *to)
{
	const struct task_sums *process, *thread;
	struct window w = {0};
	unsigned int count;

	snapshot_diff(&w, from, 0, to);
	process = task_list_find(&w.processes, 5, 0);
	thread = task_list_find(&w.threads, 5, 6);
	count = process ? process->threads_ever : 0;
	if (thread)
		count += 10 * thread->threads_ever;
	window_clear(&w);
	return count;
}

static void who_comes_back_is_no_other_thread(void **state)
{
	struct snapshot s[5];
	struct world *w = *state;
	struct let_go left;
	struct thread *t;

	w->ledger.threads = true;
	be_born(w, 5, 5);
	t = be_born(w, 5, 6);
	s[0] = look(w);
	s[0].first = true;
	/* Twice within one window. */
	for (int i = 0; i < 2; i++) {
		left = leave(w, t, 7);
		reap(w);
		t = come_back(w, 6, &left, 7, s[0].at);
	}
	s[1] = look(w);
	assert_int_equal(lived(&s[0], &s[1]), 12);
	left = leave(w, t, 7);
	s[2] = look(w);
	assert_int_equal(lived(&s[1], &s[2]), 12);
	s[3] = look(w);
	assert_int_equal(lived(&s[2], &s[3]), 1);
	come_back(w, 6, &left, 7, s[3].at);
	/* Another one under a number that was used before. */
	come_back(w, 8, &left, 8, s[3].at);
	s[4] = look(w);
	assert_int_equal(lived(&s[3], &s[4]), 13);
	assert_int_equal(lived(&s[0], &s[4]), 13);
	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		snapshot_clear(&s[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(who_comes_back_is_no_other_thread),
	};

	return cmocka_run_group_tests_name("back", tests, NULL, NULL);
}
