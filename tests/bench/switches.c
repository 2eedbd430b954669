// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what a context switch costs between two threads of this process, each time it is asked.
 *
 * In: a line on stdin is the gate. Out: the ns per context switch, as counted by getrusage, on
 * stdout. The two threads share one CPU and hand a turn to each other with a futex: a futex call is
 * no I/O call, so what tracing adds here is the cost of the scheduler's tracepoints alone (a tracer
 * that sees every system call adds its cost for the two futex calls of each turn). Ends at end of
 * input, after 10 minutes, or with 1 after an error.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "gate.h"

enum { MINE = 0, PARTNERS = 1 };

static _Atomic uint32_t turn = MINE;

/* Gives the turn to TO, wakes it, and sleeps until the turn is FROM's again. */
static void hand_over(uint32_t from, uint32_t to)
{
	atomic_store(&turn, to);
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	while (atomic_load(&turn) != from)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, to, NULL, NULL, 0);
}

/* The partner: returns each turn that it is given, for ever. */
static void *partner(void *arg)
{
	while (atomic_load(&turn) != PARTNERS)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, MINE, NULL, NULL, 0);
	for (;;)
		hand_over(PARTNERS, MINE);
	return arg;
}

/* Returns the context switches of this process's threads so far, forced ones included. */
static uint64_t count_switches(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (uint64_t)use.ru_nvcsw + (uint64_t)use.ru_nivcsw;
}

/* Hands the turn over and gets it back N times; returns the context switches this took. */
static uint64_t switch_steps(uint64_t n)
{
	uint64_t before = count_switches();

	for (uint64_t i = 0; i < n; i++)
		hand_over(MINE, PARTNERS);
	return count_switches() - before;
}

int main(void)
{
	pthread_t thread;
	char line[32];
	int err;

	alarm(600);
	gate_pin();
	err = pthread_create(&thread, NULL, partner, NULL);
	if (err) {
		fprintf(stderr, "switches: pthread_create: %s\n", strerror(err));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		printf("%.2f\n", gate_measure(switch_steps, CLOCK_MONOTONIC));
		fflush(stdout);
	}
	return 0;
}
