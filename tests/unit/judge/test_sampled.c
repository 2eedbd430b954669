/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_sampled.c - time on a CPU divided by samples: nothing of it is lost, and what is exact
 * stays.
 */
#include "unit.h"

#include "judge/sampled.h"

/* Shares follow the samples, and what rounding leaves is in app. */
static void follows_the_samples(void **state)
{
	struct task_sums task = {.light = true};
	uint64_t cpu[OPS_TIMED];

	(void)state;
	task_time(&task, OP_APP)->ns[PHASE_CPU] = 1001;
	task_time(&task, OP_APP)->sampled = 1;
	task_time(&task, OP_RECVFROM)->sampled = 1;
	task_time(&task, OP_SENDTO)->sampled = 2;
	assert_int_equal(sampled_divide(&task, cpu), 4);
	assert_int_equal(cpu[OP_RECVFROM], 250);
	assert_int_equal(cpu[OP_SENDTO], 500);
	assert_int_equal(cpu[OP_APP], 251);
	task_clear(&task);
}

/* Without a sample all of it stays in app, and it is said that there was none. */
static void stays_without_samples(void **state)
{
	struct task_sums task = {.light = true};
	uint64_t cpu[OPS_TIMED];

	(void)state;
	task_time(&task, OP_APP)->ns[PHASE_CPU] = 1000;
	assert_int_equal(sampled_divide(&task, cpu), 0);
	assert_int_equal(cpu[OP_APP], 1000);
	assert_int_equal(cpu[OP_READ], 0);
	task_clear(&task);
}

/* With hooks on calls nothing is divided, whatever was sampled. */
static void exact_times_stay(void **state)
{
	struct task_sums task = {0};
	uint64_t cpu[OPS_TIMED];

	(void)state;
	task_time(&task, OP_APP)->ns[PHASE_CPU] = 1000;
	task_time(&task, OP_READ)->ns[PHASE_CPU] = 10;
	task_time(&task, OP_READ)->sampled = 5;
	assert_int_equal(sampled_divide(&task, cpu), 0);
	assert_int_equal(cpu[OP_APP], 1000);
	assert_int_equal(cpu[OP_READ], 10);
	task_clear(&task);
}

/* The sum is kept where all samples are in calls, at times beyond 2^53 too. */
static void sum_is_kept(void **state)
{
	struct task_sums task = {.light = true};
	uint64_t cpu[OPS_TIMED], sum = 0;

	(void)state;
	task_time(&task, OP_APP)->ns[PHASE_CPU] = (1ULL << 60) + 1;
	task_time(&task, OP_READ)->sampled = 3;
	task_time(&task, OP_WRITE)->sampled = 7;
	sampled_divide(&task, cpu);
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		sum += cpu[op];
	assert_true(sum == (1ULL << 60) + 1);
	task_clear(&task);
}

/* 0.98 / sqrt(n), rounded up, and never more than the whole. */
static void error_falls_with_the_root(void **state)
{
	(void)state;
	assert_int_equal(sampled_error(0), 1000);
	assert_int_equal(sampled_error(1), 980);
	assert_int_equal(sampled_error(100), 98);
	assert_int_equal(sampled_error(10000), 10);
	assert_true(sampled_error(UINT64_MAX) <= 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_samples),
		cmocka_unit_test(stays_without_samples),
		cmocka_unit_test(exact_times_stay),
		cmocka_unit_test(sum_is_kept),
		cmocka_unit_test(error_falls_with_the_root),
	};

	return cmocka_run_group_tests_name("sampled", tests, NULL, NULL);
}
