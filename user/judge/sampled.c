/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sampled.c - see sampled.h.
 *
 * What goes in: the exact time on a CPU, and how often it was found in which call. What comes out:
 * that time by call. Pure: no kernel, clock, I/O.
 */
#include "judge/sampled.h"

/* The integer square root. */
static uint64_t root_of(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ULL << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	return root;
}

/* Fills in the time that a task was in each call on a CPU. */
uint64_t sampled_divide(const struct task_sums *task, uint64_t cpu[OPS_TIMED])
{
	uint64_t whole = task_time_of(task, OP_APP)->ns[PHASE_CPU], samples = 0;

	for (unsigned int op = 0; op < OPS_TIMED; op++) {
		cpu[op] = task_time_of(task, op)->ns[PHASE_CPU];
		samples += task_time_of(task, op)->sampled;
	}
	if (!task->light)
		return 0;
	for (unsigned int op = OP_APP + 1; op < OPS_TIMED && samples; op++) {
		double share = (double)task_time_of(task, op)->sampled / (double)samples;
		uint64_t ns = (uint64_t)(share * (double)whole);

		/* The rest stays in OP_APP: nothing is lost by rounding. */
		ns = ns < cpu[OP_APP] ? ns : cpu[OP_APP];
		cpu[OP_APP] -= ns;
		cpu[op] += ns;
	}
	return samples;
}

/* How much a share may be off, in thousandths. */
unsigned int sampled_error(uint64_t samples)
{
	/* 1.96 standard errors of a proportion, which are largest at one half: 0.98 / sqrt(n). */
	uint64_t scaled = root_of(samples * 1000000 < UINT64_MAX / 2 ? samples * 1000000 : 0);
	uint64_t error = scaled ? (980ULL * 1000 + scaled - 1) / scaled : 1000;

	return error < 1000 ? (unsigned int)error : 1000;
}
