/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * random_task.h - calls and tasks made up for a test, with sums of any size.
 */
#ifndef IOPHASE_RANDOM_TASK_H
#define IOPHASE_RANDOM_TASK_H

#include <stdlib.h>

#include "unit.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "common/hist.h"

/* Counts `n` calls that ended ok and were on a CPU for `ns` each. */
static inline void count_calls(struct task_sums *t, unsigned int op, uint64_t n, uint64_t ns)
{
	struct call_sums *call = task_call(t, op);
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = n;
	call->outcome[OUT_OK] += n;
	hist_add_octave(&call->busy, bucket / STEPS, &o);
	if (ns > call->busy_max)
		call->busy_max = ns;
	if (op < OPS_TIMED)
		task_time(t, op)->ns[PHASE_CPU] += n * ns;
	t->wall += n * ns;
}

/* A number of any size. */
static inline uint64_t random_number(void)
{
	uint64_t n = (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand();

	return rand() % 3 ? n >> rand() % 64 : 0;
}

/* A task with random sums and a random name. */
static inline void random_task(struct task_sums *t)
{
	for (int i = 0; i < COMM_LEN; i++)
		t->comm[i] = (char)(rand() % 256);
	t->threads = (unsigned int)random_number();
	t->threads_ever = (unsigned int)random_number();
	t->exited = rand() % 2;
	t->wall = random_number();
	t->evidence = (struct shape_evidence){.threads = 1,
					      .loops = rand() % 4,
					      .child_accepters = (unsigned int)random_number()};
	for (int way = 0; way < WAYS; way++)
		t->count[COUNT_READS + way] = random_number() >> 4;
	for (int op = 0; op < OPS; op++) {
		if (rand() % 4)
			continue;
		for (int p = 0; p < PHASES && op < OPS_TIMED; p++)
			task_time(t, op)->ns[p] = random_number() >> 8;
		t->inflight[op] = (unsigned int)random_number();
		if (op == OP_APP || !ops[op].name)
			continue;
		count_calls(t, (unsigned int)op, random_number() >> 8, random_number() >> 8);
		for (int i = 0; i < OUTCOMES; i++)
			task_call(t, (unsigned int)op)->outcome[i] = random_number() >> 4;
		task_call(t, (unsigned int)op)->bytes = random_number();
	}
	for (unsigned int op = OP_LOOP; op <= OP_LOOP_EMPTY && rand() % 3; op++) {
		struct call_sums *turns = task_call(t, op);

		count_calls(t, op, random_number() >> 8, random_number() >> 8);
		hist_add(&turns->wait, &turns->busy);
		turns->wait_max = turns->busy_max;
		turns->outcome[OUT_TIMEOUT] = random_number() >> 4;
		turns->bytes = random_number();
	}
	for (unsigned int op = OP_RESPONSE; op <= OP_ASKED && rand() % 3; op++) {
		struct call_sums *exchanges = task_call(t, op);

		count_calls(t, op, random_number() >> 8, random_number() >> 8);
		hist_add(&exchanges->wait, &exchanges->busy);
		exchanges->wait_max = exchanges->busy_max;
	}
	for (unsigned int i = COUNT_QUEUEING; i < COUNTERS; i++)
		t->count[i] = random_number() >> 4;
	t->count[COUNT_FULL_WAITS] = random_number();
	t->count[COUNT_SCANS] = random_number();
	t->count[COUNT_SCANNED] = random_number();
}

/* Adds an event loop of a process with random turns. */
static inline void random_loop(struct window *w, pid_t pid)
{
	struct sleep_marks marks = {.told = 1,
				    .connections = random_number(),
				    .mux = random_number(),
				    .turn = random_number(),
				    .slow = random_number() >> 4,
				    .slowest = random_number()};

	loop_sleep_note(&w->loops, pid, NULL, &marks, random_number());
}

#endif
