// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Pinning and timing for the measured loops; gate.h says what goes in and what comes out.
 */
#define _GNU_SOURCE
#include "gate.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCHES	   50
#define BATCH_NS   8000000.0
#define WARM_UP_NS 1000000.0

void gate_pin(void)
{
	cpu_set_t allowed, one;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0) {
		perror("sched_getaffinity");
		exit(1);
	}
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		break;
	}
	if (sched_setaffinity(0, sizeof(one), &one) < 0) {
		perror("sched_setaffinity");
		exit(1);
	}
}

/* Returns the ns of CLOCK that STEPS steps take and stores in DONE how many happened. */
static double time_steps(gate_steps run, clockid_t clock, uint64_t steps, uint64_t *done)
{
	struct timespec a, b;

	clock_gettime(clock, &a);
	*done = run(steps);
	clock_gettime(clock, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec);
}

/* Orders two doubles for qsort. */
static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How long a batch takes (ns): GATE_BATCH_NS of the environment, or what is right for a busy host.
 */
static double batch_ns(void)
{
	const char *wanted = getenv("GATE_BATCH_NS");
	double ns = wanted ? atof(wanted) : BATCH_NS;

	return ns >= 1 ? ns : BATCH_NS;
}

double gate_measure(gate_steps run, clockid_t clock)
{
	double per_step[BATCHES], ns;
	uint64_t steps = 8, done;

	/* Warms up and finds the size of a batch: under strace a call costs a hundred times more.
	 */
	while ((ns = time_steps(run, clock, steps, &done)) < WARM_UP_NS)
		steps *= 2;
	steps = (uint64_t)((double)steps * batch_ns() / ns) + 1;
	for (int i = 0; i < BATCHES; i++) {
		ns = time_steps(run, clock, steps, &done);
		per_step[i] = ns / (double)(done ? done : 1);
	}
	qsort(per_step, BATCHES, sizeof(per_step[0]), by_value);
	return (per_step[BATCHES / 2 - 1] + per_step[BATCHES / 2]) / 2;
}
