/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_shape_steps.c - the work that shapes take, in steps and not in time: with twenty times as
 * many processes it is little more than twenty times as much, whatever their families are.
 *
 * What it tests is built so that each of its basic blocks calls us (see the Makefile).
 */
#include "made_processes.h"

enum {
	FEW = 1000,
	MORE = 20,  /* times as many */
	MARGIN = 2, /* the logarithm of the number grows by less */
};

static uint64_t steps; /* basic blocks run until now */

void __sanitizer_cov_trace_pc(void);

/* Called by the compiler's code at each basic block. */
void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

/* The parent of a process in families of so many, of which the first is the parent. */
static pid_t parent_in(pid_t pid, pid_t size)
{
	pid_t first = pid - (pid - 1) % size;

	return first == pid ? 0 : first;
}

/* How many steps it takes to join so many processes, in families of so many, and shape them. */
static uint64_t count_steps(pid_t count, pid_t size)
{
	struct shape_evidence worker = {
		.loops = 1, .loop_reads = 3, .accepting_loops = 1, .accepts = 2, .listener = 8};
	struct shape_decision *decisions;
	struct task_list list = {0};
	uint64_t taken;

	for (pid_t pid = 1; pid <= count; pid++) {
		worker.parent = parent_in(pid, size);
		add_one(&list, pid, worker.parent ? worker : (struct shape_evidence){0});
	}
	taken = steps;
	families_join(&list);
	decisions = shapes_decide(&list);
	taken = steps - taken;
	assert_string_equal(decisions[0].shape->name, "prefork");
	assert_int_equal(decisions[0].count, size - 1);
	assert_string_equal(decisions[0].each->name, "event-loop");
	assert_string_equal(decisions[count - 1].shape->name, "event-loop");
	free(decisions);
	task_list_clear(&list);
	return taken;
}

/* Checks that 20,000 processes take little more than 20 times the steps of 1,000. */
static void expect_steps(uint64_t few, uint64_t more)
{
	/* If nothing were counted, all would hold. */
	assert_true(few > FEW);
	assert_true(more > MORE * few / MARGIN);
	assert_true(more < MARGIN * MORE * few);
}

static void many_families(void **state)
{
	(void)state;
	expect_steps(count_steps(FEW, 4), count_steps(MORE * FEW, 4));
}

static void one_family(void **state)
{
	(void)state;
	expect_steps(count_steps(FEW, FEW), count_steps(MORE * FEW, MORE * FEW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_families),
		cmocka_unit_test(one_family),
	};

	return cmocka_run_group_tests_name("shape_steps", tests, NULL, NULL);
}
