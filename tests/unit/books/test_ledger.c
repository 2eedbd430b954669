/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_ledger.c - the dead beyond what the ledger keeps one by one: their sums stay exact, and the
 * living lose nothing.
 */
#include "books/world.h"

/* The calls of a task. */
static uint64_t calls_of(const struct task_sums *t)
{
	return t && t->call[OP] ? t->call[OP]->outcome[OUT_OK] : 0;
}

/* The calls of all tasks, or of those of one process if pid is not -1. */
static uint64_t calls_in(const struct task_list *list, pid_t pid)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++)
		if (pid < 0 || list->task[i]->pid == pid)
			sum += calls_of(list->task[i]);
	return sum;
}

/* How many ended tasks the list has in its sums. */
static uint64_t summed_in(const struct task_list *list)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->count; i++)
		sum += list->task[i]->summed;
	return sum;
}

static void threads_that_do_not_fit_are_summed_in_their_process(void **state)
{
	struct world *w = *state;
	struct thread *first = be_born(w, 10, 10);
	const struct task_sums *rest;
	struct snapshot s;

	w->ledger.threads = true;
	make_calls(w, first, 7);
	for (pid_t tid = 11; tid < 11 + MANY; tid++)
		live_and_die(w, 10, tid);
	live_and_die(w, 20, 20);
	s = look(w);
	rest = task_list_find(&s.threads, 10, 0);
	assert_non_null(rest);
	assert_true(rest->exited);
	assert_string_equal(rest->comm, "exited");
	assert_true(s.threads.count <= LEDGER_EXITED_MAX + 3);
	assert_true(s.threads.count >= LEDGER_EXITED_KEPT);
	/* Each is either a task of its own or summed, and those who died last are not. */
	assert_int_equal(rest->summed + s.threads.count - 3, MANY);
	assert_int_equal(rest->threads_ever, rest->summed);
	assert_int_equal(calls_of(rest), CALLS * rest->summed);
	assert_null(task_list_find(&s.threads, 10, 11));
	assert_int_equal(calls_of(task_list_find(&s.threads, 10, 10 + MANY)), CALLS);
	/* Nothing is lost, and nobody else gets it. */
	assert_int_equal(calls_of(task_list_find(&s.threads, 10, 10)), 7);
	assert_int_equal(calls_in(&s.threads, 10), 7 + CALLS * MANY);
	assert_int_equal(calls_in(&s.processes, 10), 7 + CALLS * MANY);
	assert_int_equal(calls_in(&s.threads, 20), CALLS);
	assert_null(task_list_find(&s.processes, 0, 0));
	snapshot_clear(&s);
}

static void the_first_thread_stays_while_its_process_does(void **state)
{
	struct world *w = *state;
	struct snapshot s;

	w->ledger.threads = true;
	be_born(w, 10, 11);
	live_and_die(w, 10, 10);
	for (pid_t tid = 12; tid < 12 + MANY; tid++)
		live_and_die(w, 10, tid);
	s = look(w);
	assert_non_null(task_list_find(&s.threads, 10, 10));
	assert_int_equal(task_list_find(&s.threads, 10, 10)->summed, 0);
	assert_false(task_list_find(&s.processes, 10, 0)->exited);
	snapshot_clear(&s);
}

static void a_living_process_keeps_what_its_dead_threads_left(void **state)
{
	struct world *w = *state;
	const struct task_sums *exited;
	struct snapshot s;

	be_born(w, 10, 10);
	be_born(w, 11, 11);
	live_and_die(w, 10, 12);
	for (pid_t pid = 100; pid < 100 + MANY; pid++)
		live_and_die(w, pid, pid);
	/* The first death in a process that lives comes when there is no room any more. */
	live_and_die(w, 11, 13);
	live_and_die(w, 10, 14);
	s = look(w);
	assert_int_equal(calls_in(&s.processes, 10), 2 * CALLS);
	assert_int_equal(calls_in(&s.processes, 11), CALLS);
	assert_false(task_list_find(&s.processes, 10, 0)->exited);
	exited = task_list_find(&s.processes, 0, 0);
	assert_string_equal(exited->comm, "exited");
	assert_true(s.processes.count <= LEDGER_EXITED_MAX + 3);
	assert_int_equal(exited->summed + s.processes.count - 3, MANY);
	assert_int_equal(calls_of(exited), CALLS * exited->summed);
	assert_int_equal(calls_in(&s.processes, -1), w->calls);
	assert_null(task_list_find(&s.processes, 100, 0));
	assert_non_null(task_list_find(&s.processes, 99 + MANY, 0));
	assert_int_equal(s.threads.count, 0);
	snapshot_clear(&s);
}

static void the_threads_of_a_process_go_with_it(void **state)
{
	struct world *w = *state;
	struct snapshot s;

	w->ledger.threads = true;
	be_born(w, 10, 10);
	for (pid_t pid = 100; pid < 100 + 10 * MANY; pid += 10) {
		live_and_die(w, pid, pid + 1);
		live_and_die(w, pid, pid);
	}
	s = look(w);
	assert_int_equal(calls_in(&s.processes, -1), w->calls);
	assert_int_equal(calls_in(&s.threads, -1), w->calls);
	for (size_t i = 0; i < s.processes.count; i++)
		assert_int_equal(calls_of(s.processes.task[i]),
				 calls_in(&s.threads, s.processes.task[i]->pid));
	for (size_t i = 0; i < s.threads.count; i++)
		assert_non_null(task_list_find(&s.processes, s.threads.task[i]->pid, 0));
	snapshot_clear(&s);
}

static void a_parent_knows_of_children_that_were_let_go(void **state)
{
	struct world *w = *state;
	struct snapshot s;

	be_born(w, 10, 10);
	for (pid_t pid = 100; pid < 100 + MANY; pid++) {
		struct thread *t = be_born(w, pid, pid);

		t->parent = 10;
		t->count[COUNT_CONNECTIONS] = t->count[COUNT_SOCKET_READS] = 1;
		/* Every other one accepts what it reads. */
		t->count[COUNT_ACCEPTS + WAY_BLOCKING] = pid % 2;
		t->listener = 77;
		die(w, t);
	}
	s = look(w);
	assert_int_equal(task_list_find(&s.processes, 10, 0)->evidence.child_readers,
			 MANY - MANY / 2);
	assert_int_equal(task_list_find(&s.processes, 10, 0)->evidence.child_workers, MANY / 2);
	assert_int_equal(task_list_find(&s.processes, 10, 0)->evidence.child_accepters, MANY / 2);
	assert_int_equal(task_list_find(&s.processes, 0, 0)->evidence.parent, 0);
	snapshot_clear(&s);
	/* When it has ended, too. */
	die(w, &w->books.threads[1]);
	s = look(w);
	assert_int_equal(task_list_find(&s.processes, 10, 0)->evidence.child_readers,
			 MANY - MANY / 2);
	snapshot_clear(&s);
}

/* Every window's tasks have the calls made in it, by process and by thread; returns their sum. */
static uint64_t check_window(const struct snapshot *earlier, const struct snapshot *later,
			     uint64_t made)
{
	struct window w;
	uint64_t sum;

	snapshot_diff(&w, earlier, 0, later);
	sum = calls_in(&w.processes, -1);
	assert_int_equal(sum, made);
	assert_int_equal(calls_in(&w.threads, -1), made);
	for (size_t i = 0; i < w.processes.count; i++)
		assert_int_equal(calls_of(w.processes.task[i]),
				 calls_in(&w.threads, w.processes.task[i]->pid));
	/* Of those that are summed, only who ended in the window counts in it. */
	for (size_t i = 0; i < w.threads.count; i++)
		assert_true(w.threads.task[i]->summed <= w.threads.task[i]->threads_ever);
	window_clear(&w);
	return sum;
}

/* The window between the two has so many calls, and in those that were summed before none. */
static void check_calls(const struct snapshot *earlier, const struct snapshot *later, uint64_t made)
{
	struct window w;

	snapshot_diff(&w, earlier, 0, later);
	assert_int_equal(calls_in(&w.processes, -1), made);
	assert_null(task_list_find(&w.processes, 0, 0));
	window_clear(&w);
}

static void windows_are_exact_whatever_is_let_go_in_them(void **state)
{
	struct world *w = *state;
	struct thread *alive[PLACES / 2] = {0};
	struct snapshot first = look(w), last, now;
	uint64_t sum = 0, then = 0;

	srand(4711);
	w->ledger.threads = true;
	last = look(w);
	for (int i = 1; i <= 5 * LEDGER_EXITED_MAX; i++) {
		struct thread **t = &alive[rand() % (PLACES / 2)];

		if (*t)
			die(w, *t);
		/* Some processes live as long as we look, the others are of two threads or three.
		 */
		*t = be_born(w, i % 5 ? 1000 + i / 3 : 1 + i % 3, 100000 + i);
		make_calls(w, *t, (uint64_t)(rand() % 4));
		t = &alive[rand() % (PLACES / 2)];
		if (*t)
			make_calls(w, *t, 1);
		if (i % (i < 8000 ? 500 : 6000))
			continue;
		now = look(w);
		sum += check_window(&last, &now, w->calls - then);
		then = w->calls;
		snapshot_clear(&last);
		last = now;
	}
	now = look(w);
	sum += check_window(&last, &now, w->calls - then);
	assert_int_equal(sum, w->calls);
	check_window(&first, &now, w->calls);
	assert_true(summed_in(&now.processes) > 0 && summed_in(&now.threads) > 0);
	snapshot_clear(&first);
	snapshot_clear(&last);
	snapshot_clear(&now);
}

static void who_was_let_go_long_ended_is_not_of_the_window(void **state)
{
	struct world *w = *state;
	struct snapshot earlier, later;
	const struct task_sums *exited;
	struct window window;

	for (pid_t pid = 100; pid < 100 + LEDGER_EXITED_MAX; pid++)
		live_and_die(w, pid, pid);
	earlier = look(w);
	assert_int_equal(earlier.processes.count, LEDGER_EXITED_MAX);
	assert_null(task_list_find(&earlier.processes, 0, 0));
	live_and_die(w, 99, 99);
	later = look(w);
	exited = task_list_find(&later.processes, 0, 0);
	assert_int_equal(exited->summed, LEDGER_EXITED_MAX + 1 - LEDGER_EXITED_KEPT);
	snapshot_diff(&window, &earlier, 0, &later);
	assert_int_equal(window.processes.count, 1);
	assert_int_equal(window.processes.task[0]->pid, 99);
	window_clear(&window);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

/* A process of a family, that of `family`, born by `parent`. */
static void be_member(struct world *w, pid_t pid, pid_t parent, pid_t family)
{
	struct thread *t = be_born(w, pid, pid);

	t->parent = (__u32)parent;
	t->family = (__u32)family;
	make_calls(w, t, CALLS);
	die(w, t);
}

static void what_is_summed_has_the_family_that_all_of_it_have(void **state)
{
	struct world *w = *state;
	struct snapshot s;

	be_born(w, 50, 50)->family = 50;
	for (pid_t pid = 100; pid < 100 + MANY; pid++)
		be_member(w, pid, 50, 50);
	s = look(w);
	assert_true(task_list_find(&s.processes, 0, 0)->summed > 0);
	assert_int_equal(task_list_find(&s.processes, 0, 0)->family, 50);
	snapshot_clear(&s);
	for (pid_t pid = 20000; pid < 20000 + MANY; pid++)
		be_member(w, pid, 60, 60);
	s = look(w);
	assert_int_equal(task_list_find(&s.processes, 0, 0)->family, 0);
	assert_int_equal(calls_in(&s.processes, -1), w->calls);
	snapshot_clear(&s);
	/* And it never has one again. */
	for (pid_t pid = 40000; pid < 40000 + MANY; pid++)
		be_member(w, pid, 50, 50);
	s = look(w);
	assert_int_equal(task_list_find(&s.processes, 0, 0)->family, 0);
	snapshot_clear(&s);
}

static void windows_are_exact_where_the_ended_are_forgotten_after_each(void **state)
{
	struct world *w = *state;
	struct snapshot last = look(w), now;
	uint64_t then = 0;

	be_born(w, 10, 10);
	live_and_die(w, 10, 11);
	for (int round = 0; round < 5; round++) {
		for (pid_t pid = 100; pid < 150; pid++)
			live_and_die(w, pid, pid);
		make_calls(w, &w->books.threads[1], 2);
		now = look(w);
		/* Each of the round one by one, the one that lives, and the sum of those before. */
		assert_int_equal(now.processes.count, 50 + 1 + !!round);
		check_calls(&last, &now, w->calls - then);
		then = w->calls;
		snapshot_clear(&last);
		last = now;
		ledger_forget(&w->ledger, &w->books);
		assert_int_equal(w->ledger.dead_processes.count, 2);
	}
	now = look(w);
	check_calls(&last, &now, 0);
	assert_int_equal(task_list_find(&now.processes, 0, 0)->summed, 5 * 50);
	assert_int_equal(calls_in(&now.processes, -1), w->calls);
	snapshot_clear(&last);
	snapshot_clear(&now);
}

static void a_number_that_is_used_again_is_another_process(void **state)
{
	struct world *w = *state;
	struct snapshot earlier, later;
	struct window window;

	live_and_die(w, 99, 99);
	earlier = look(w);
	for (pid_t pid = 100; pid < 100 + MANY; pid++)
		live_and_die(w, pid, pid);
	live_and_die(w, 99, 99);
	later = look(w);
	snapshot_diff(&window, &earlier, 0, &later);
	assert_int_equal(calls_in(&window.processes, 99), CALLS);
	assert_int_equal(calls_in(&window.processes, -1), CALLS * (MANY + 1));
	window_clear(&window);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void books_in_any_order_make_lists_in_order(void **state)
{
	static const pid_t tids[] = {30, 10, 22, 11, 21, 20};
	struct world *w = *state;
	struct snapshot s;

	w->ledger.threads = true;
	live_and_die(w, 20, 25);
	for (size_t i = 0; i < ARRAY_SIZE(tids); i++)
		make_calls(w, be_born(w, tids[i] / 10 * 10, tids[i]), (uint64_t)tids[i]);
	s = look(w);
	assert_int_equal(s.processes.count, 3);
	assert_int_equal(s.threads.count, ARRAY_SIZE(tids) + 1);
	for (size_t i = 1; i < s.threads.count; i++)
		assert_true(s.threads.task[i - 1]->tid < s.threads.task[i]->tid);
	for (size_t i = 0; i < ARRAY_SIZE(tids); i++)
		assert_int_equal(calls_of(task_list_find(&s.threads, tids[i] / 10 * 10, tids[i])),
				 tids[i]);
	assert_int_equal(calls_in(&s.processes, 20), 20 + 21 + 22 + CALLS);
	snapshot_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(threads_that_do_not_fit_are_summed_in_their_process),
		IN_A_WORLD(the_first_thread_stays_while_its_process_does),
		IN_A_WORLD(a_living_process_keeps_what_its_dead_threads_left),
		IN_A_WORLD(the_threads_of_a_process_go_with_it),
		IN_A_WORLD(a_parent_knows_of_children_that_were_let_go),
		IN_A_WORLD(windows_are_exact_whatever_is_let_go_in_them),
		IN_A_WORLD(who_was_let_go_long_ended_is_not_of_the_window),
		IN_A_WORLD(what_is_summed_has_the_family_that_all_of_it_have),
		IN_A_WORLD(windows_are_exact_where_the_ended_are_forgotten_after_each),
		IN_A_WORLD(a_number_that_is_used_again_is_another_process),
		IN_A_WORLD(books_in_any_order_make_lists_in_order),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
