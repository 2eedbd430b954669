/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_report_task.c - one task made ready to print, and the order of threads.
 */
#include "made_task.h"
#include "judge/report.h"

static void who_has_shown_nothing_is_unseen(void **state)
{
	struct task_sums sums = {.threads_ever = 1, .wall = 1000};
	struct report_task t;

	(void)state;
	task_time(&sums, OP_UNKNOWN)->ns[PHASE_RUNQ] = 900;
	report_task_fill(&t, &sums, 1000);
	assert_true(t.unseen);
	report_task_clear(&t);
	task_time(&sums, OP_UNKNOWN)->ns[PHASE_RUNQ] = 899;
	report_task_fill(&t, &sums, 1000);
	assert_false(t.unseen);
	report_task_clear(&t);
	task_clear(&sums);
	sums = (struct task_sums){0};
	report_task_fill(&t, &sums, 1000);
	assert_false(t.unseen);
	report_task_clear(&t);
}

static void of_many_threads_the_busy_ones_come_first(void **state)
{
	struct window w = {.to = 1000};
	struct report *r;

	(void)state;
	task_list_get(&w.processes, 1, 0)->threads_ever = 3;
	for (pid_t tid = 1; tid <= 3; tid++) {
		struct task_sums *t = task_list_get(&w.threads, 1, tid);

		t->threads_ever = 1;
		end(t, "read", OUT_OK, 3 - (uint64_t)tid, OUT_EOF, 0);
	}
	/* It computes, and makes no call. */
	task_time(task_list_find(&w.threads, 1, 3), OP_APP)->ns[PHASE_CPU] = 900;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->process[0].thread[0].tid, 3);
	assert_int_equal(report_task_on_cpu(&r->process[0].thread[0]), 900);
	assert_int_equal(r->process[0].thread[1].tid, 1);
	assert_int_equal(r->process[0].thread[2].tid, 2);
	report_free(r);
	window_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_shown_nothing_is_unseen),
		cmocka_unit_test(of_many_threads_the_busy_ones_come_first),
	};

	return cmocka_run_group_tests_name("report_task", tests, NULL, NULL);
}
