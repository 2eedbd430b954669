/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_listeners.c - connections that wait to be accepted: summed by process, the fullest queue
 * kept.
 */
#include "unit.h"
#include "books/listeners.h"
#include "books/snapshot.h"

/* A list of one process. */
static struct task_list only_process(pid_t pid)
{
	struct task_list list = {0};

	task_list_get(&list, pid, 0);
	return list;
}

static void the_fullest_queue_stands_for_a_process(void **state)
{
	const struct listener half = {.tgid = 7, .limit = 99, .waiting = 1, .most = 50, .ever = 60};
	const struct listener full = {.tgid = 7, .limit = 4, .waiting = 2, .most = 5, .ever = 5};
	struct task_list list = only_process(7);
	struct drops_list drops = {0};
	const struct backlog *b = &list.task[0]->backlog;

	(void)state;
	listeners_note(&list, &drops, &half);
	assert_int_equal(b->most, 50);
	assert_int_equal(backlog_room(b), 100);
	listeners_note(&list, &drops, &full);
	listeners_note(&list, &drops, &half);
	assert_int_equal(b->most, 5);
	assert_int_equal(backlog_room(b), 5);
	assert_int_equal(b->most_ever, 5);
	assert_int_equal(b->limit_ever, 4);
	assert_int_equal(b->waiting, 4);
	assert_int_equal(b->listeners, 3);
	task_list_clear(&list);
}

static void what_was_dropped_outlives_the_socket(void **state)
{
	const struct listener open = {.tgid = 7, .limit = 4, .dropped = 3};
	const struct listener closed = {
		.tgid = 7, .limit = 4, .most = 5, .dropped = 2, .closed = 1};
	struct drops_list drops = {0};
	struct task_list list;

	(void)state;
	for (int read = 0; read < 3; read++) {
		list = only_process(7);
		if (read == 0)
			listeners_note(&list, &drops, &open);
		if (read == 1)
			listeners_note(&list, &drops, &closed);
		listeners_fill(&list, &drops);
		assert_int_equal(list.task[0]->backlog.dropped, read == 0 ? 3 : 5);
		assert_int_equal(list.task[0]->backlog.listeners, read == 0);
		task_list_clear(&list);
	}
	free(drops.process);
}

static void who_is_not_in_the_list_loses_nothing(void **state)
{
	const struct listener l = {.tgid = 8, .dropped = 3};
	struct task_list list = only_process(7), later = only_process(8);
	struct drops_list drops = {0};

	(void)state;
	listeners_note(&list, &drops, &l);
	listeners_fill(&later, &drops);
	assert_int_equal(list.task[0]->backlog.dropped, 0);
	assert_int_equal(later.task[0]->backlog.dropped, 3);
	task_list_clear(&list);
	task_list_clear(&later);
	free(drops.process);
}

static void a_window_has_its_own_and_the_whole_has_all(void **state)
{
	const struct backlog then = {.dropped = 10};
	const struct backlog now = {.dropped = 12,
				    .listeners = 1,
				    .waiting = 1,
				    .most = 2,
				    .limit = 9,
				    .most_ever = 4,
				    .limit_ever = 5};
	struct backlog b = backlog_diff(&then, &now, false);

	(void)state;
	assert_int_equal(b.dropped, 2);
	assert_int_equal(b.most, 2);
	assert_int_equal(b.limit, 9);
	b = backlog_diff(&then, &now, true);
	assert_int_equal(b.most, 4);
	assert_int_equal(b.limit, 5);
}

static void a_family_has_the_fullest_of_its_processes(void **state)
{
	struct backlog sum = {0};
	const struct backlog one = {.dropped = 1,
				    .listeners = 1,
				    .waiting = 3,
				    .most = 3,
				    .limit = 9,
				    .most_ever = 3,
				    .limit_ever = 9};
	const struct backlog other = {.listeners = 1,
				      .waiting = 1,
				      .most = 1,
				      .limit = 1,
				      .most_ever = 2,
				      .limit_ever = 1};
	const struct backlog none = {0};

	(void)state;
	backlog_join(&sum, &one);
	backlog_join(&sum, &other);
	backlog_join(&sum, &none);
	assert_int_equal(sum.dropped, 1);
	assert_int_equal(sum.listeners, 2);
	assert_int_equal(sum.waiting, 4);
	assert_int_equal(sum.most, 1);
	assert_int_equal(sum.limit, 1);
	assert_int_equal(sum.most_ever, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fullest_queue_stands_for_a_process),
		cmocka_unit_test(what_was_dropped_outlives_the_socket),
		cmocka_unit_test(who_is_not_in_the_list_loses_nothing),
		cmocka_unit_test(a_window_has_its_own_and_the_whole_has_all),
		cmocka_unit_test(a_family_has_the_fullest_of_its_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
