/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_task_list.c - lists of thousands of tasks: each found, in order, zero when it is new.
 */
#include "unit.h"

#include <string.h>

#include "books/snapshot.h"

enum {
	MANY = 5000, /* that fill several large pages */
	STEP = 7,    /* prime to it: each number once, and not in order */
};

/* Whether all that is counted of a task is zero. */
static bool is_new(const struct task_sums *task)
{
	struct task_sums none;

	memset(&none, 0, sizeof(none));
	none.pid = task->pid;
	none.tid = task->tid;
	return !memcmp(&none, task, sizeof(none));
}

/* Adds many, in an order of which each place is in the middle; each is marked by its number. */
static void add_many(struct task_list *list)
{
	for (int i = 0; i < MANY; i++) {
		pid_t tid = i * STEP % MANY + 1;
		struct task_sums *task = task_list_get(list, 1, tid);

		assert_true(is_new(task));
		memset(&task->count, 0xff, sizeof(task->count));
		task_time(task, OP_APP)->sampled = (uint64_t)tid;
		task->wall = (uint64_t)tid;
		task_call(task, OP_APP)->bytes = (uint64_t)tid;
	}
}

static void test_thousands(void **state)
{
	struct task_list list = {0};

	(void)state;
	add_many(&list);
	assert_int_equal(list.count, MANY);
	for (pid_t tid = 1; tid <= MANY; tid++) {
		const struct task_sums *task = task_list_find(&list, 1, tid);

		assert_ptr_equal(task, list.task[tid - 1]);
		assert_int_equal(task->wall, tid);
		assert_int_equal(task->call[OP_APP]->bytes, tid);
	}
	task_list_clear(&list);
	assert_null(task_list_find(&list, 1, 1));
}

static void test_removed_ones_are_used_again(void **state)
{
	struct task_list list = {0};
	struct task_block *blocks;

	(void)state;
	add_many(&list);
	blocks = list.blocks;
	for (size_t i = 0; i < list.count; i += 2)
		list.task[i]->gone = true;
	task_list_sweep(&list);
	assert_int_equal(list.count, MANY / 2);
	for (pid_t tid = 1; tid <= MANY; tid += 2)
		assert_true(is_new(task_list_get(&list, 1, tid)));
	assert_ptr_equal(list.blocks, blocks);
	assert_int_equal(list.task[1]->wall, 2);
	assert_int_equal(list.task[MANY - 1]->wall, MANY);
	task_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thousands),
		cmocka_unit_test(test_removed_ones_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
