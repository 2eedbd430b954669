/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_sums.c - see task_sums.h.
 *
 * What goes in: sums of one task. What comes out: the same added to those of another.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "books/task_sums.h"

/* Frees what a task holds. */
void task_clear(struct task_sums *task)
{
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		free(task->time[op]);
	for (unsigned int op = 0; op < OPS; op++) {
		struct call_sums *call = task->call[op];

		if (!call)
			continue;
		hist_clear(&call->wait);
		hist_clear(&call->busy);
		errors_clear(&call->errors);
		free(call);
	}
}

/* The sums of call op of the task, added all zero if there are none yet. */
struct call_sums *task_call(struct task_sums *task, unsigned int op)
{
	if (!task->call[op])
		task->call[op] = xcalloc(1, sizeof(struct call_sums));
	return task->call[op];
}

/* Its time in call op. Most threads are only ever in a few, and there may be thousands. */
struct time_sums *task_time(struct task_sums *task, unsigned int op)
{
	if (!task->time[op])
		task->time[op] = xcalloc(1, sizeof(struct time_sums));
	return task->time[op];
}

/* Adds the times of another task, and what samples tell of them. */
static void times_add(struct task_sums *to, const struct task_sums *from)
{
	to->light |= from->light;
	for (unsigned int op = 0; op < OPS_TIMED; op++) {
		const struct time_sums *time = from->time[op];

		if (!time)
			continue;
		for (unsigned int p = 0; p < PHASES; p++)
			task_time(to, op)->ns[p] += time->ns[p];
		task_time(to, op)->sampled += time->sampled;
	}
}

/* Adds the sums of one call. */
static void call_add(struct call_sums *to, const struct call_sums *from)
{
	for (unsigned int i = 0; i < OUTCOMES; i++)
		to->outcome[i] += from->outcome[i];
	to->bytes += from->bytes;
	to->peeks += from->peeks;
	if (from->wait_max > to->wait_max)
		to->wait_max = from->wait_max;
	if (from->busy_max > to->busy_max)
		to->busy_max = from->busy_max;
	hist_add(&to->wait, &from->wait);
	hist_add(&to->busy, &from->busy);
	errors_add(&to->errors, &from->errors);
}

/* Adds all sums of `from` to `to`; names and identities of `to` stay. */
void task_add(struct task_sums *to, const struct task_sums *from)
{
	to->threads += from->threads;
	to->stopped += from->stopped;
	to->threads_ever += from->threads_ever;
	to->threads_back += from->threads_back;
	to->wall += from->wall;
	to->inflight_before += from->inflight_before;
	to->inflight_aio += from->inflight_aio;
	to->sets += from->sets;
	to->in_sets += from->in_sets;
	if (!to->family)
		to->family = from->family;
	if (to->registered == WAY_NONE)
		to->registered = from->registered;
	to->async |= from->async;
	to->signalfd |= from->signalfd;
	evidence_join(&to->evidence, &from->evidence);
	backlog_join(&to->backlog, &from->backlog);
	counters_add(to->count, from->count);
	times_add(to, from);
	for (unsigned int op = 0; op < OPS; op++) {
		to->inflight[op] += from->inflight[op];
		if (from->call[op])
			call_add(task_call(to, op), from->call[op]);
	}
}
