/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loops.c - see loops.h.
 *
 * What goes in: the turns of a task's event loops, and its calls. What comes out: numbers about
 * them. Pure: no kernel, clock, I/O.
 */
#include "books/ops.h"
#include "books/snapshot.h"
#include "judge/loops.h"

/* The calls of a class that have ended, whatever they found. */
static uint64_t calls_of(const struct task_sums *task, enum op_class op_class)
{
	uint64_t calls = 0;

	for (unsigned int op = 0; op < OPS_TIMED; op++)
		for (unsigned int i = 0; i < OUTCOMES; i++)
			if (task->call[op] && ops[op].traits.op_class == op_class)
				calls += task->call[op]->outcome[i];
	return calls;
}

/* The epoll_waits that said ready, or that nothing is. */
static uint64_t epoll_waits_of(const struct task_sums *task)
{
	uint64_t waits = 0;

	for (unsigned int op = OP_EPOLL_WAIT; op <= OP_EPOLL_PWAIT2; op++)
		if (task->call[op])
			waits += task->call[op]->outcome[OUT_OK] +
				 task->call[op]->outcome[OUT_TIMEOUT];
	return waits;
}

/* What the loops of a task came to in a window. */
struct loops loops_of(const struct task_sums *task)
{
	const struct call_sums *turns = task->call[OP_LOOP], *empty = task->call[OP_LOOP_EMPTY];
	struct loops l = {
		.full = task->count[COUNT_FULL_WAITS],
		.reads = calls_of(task, CLASS_READ) + calls_of(task, CLASS_ACCEPT),
		.writes = calls_of(task, CLASS_WRITE),
		.scans = task->count[COUNT_SCANS],
		.scanned = task->count[COUNT_SCANNED],
		.sets = task->sets,
		.in_sets = task->in_sets,
	};

	if (turns) {
		l.ready = turns->outcome[OUT_OK];
		l.events = turns->bytes;
		l.ready_events = percentiles_of(&turns->busy, 0, turns->busy_max);
		l.turns = hist_count(&turns->wait);
		l.lag = percentiles_of(&turns->wait, 0, turns->wait_max);
	}
	if (empty) {
		l.empty = empty->outcome[OUT_TIMEOUT];
		l.empty_turns = hist_count(&empty->wait);
		l.empty_lag = percentiles_of(&empty->wait, 0, empty->wait_max);
	}
	l.by_epoll = 2 * epoll_waits_of(task) >= l.ready + l.empty;
	return l;
}

/* How many descriptors a wait watched: their sum, to be divided by *count. */
uint64_t loops_watched(const struct loops *l, uint64_t *count)
{
	*count = l->by_epoll ? l->sets : l->scans;
	return l->by_epoll ? l->in_sets : l->scanned;
}

/* Whether there was a loop at all. */
bool loops_are_there(const struct loops *l)
{
	return l->ready + l->empty > 0;
}

/* The longest time (ns) that a loop was away from its events. */
uint64_t loops_longest(const struct loops *l)
{
	uint64_t longest = l->lag.max > l->empty_lag.max ? l->lag.max : l->empty_lag.max;

	return l->turn > longest ? l->turn : longest;
}
