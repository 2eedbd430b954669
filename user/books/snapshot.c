/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.c - sums of tasks, and the difference of two snapshots.
 *
 * What goes in: cumulative sums that the collector wrote. What comes out: a window, in which each
 * sum is the later one less the earlier one. Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "books/snapshot.h"
#include "base/xalloc.h"

/* Whether something was noted between the two with no call that ended: a turn of an event loop is
 * over, whose outcome counts since it began; or, without hooks on calls, a sleep. */
static bool has_more(const struct call_sums *earlier, const struct call_sums *later)
{
	return later->bytes > earlier->bytes ||
	       hist_count(&later->wait) > hist_count(&earlier->wait);
}

/* Adds to `task` what call op came to between the two; nothing if none ended. */
static void call_diff(struct task_sums *task, unsigned int op, const struct call_sums *earlier,
		      const struct call_sums *later)
{
	static const struct call_sums none;
	uint64_t ended = 0;
	struct call_sums *call;

	if (!later)
		return;
	if (!earlier)
		earlier = &none;
	for (unsigned int i = 0; i < OUTCOMES; i++)
		ended += less(later->outcome[i], earlier->outcome[i]);
	if (!ended && !has_more(earlier, later))
		return;
	call = task_call(task, op);
	for (unsigned int i = 0; i < OUTCOMES; i++)
		call->outcome[i] = less(later->outcome[i], earlier->outcome[i]);
	call->bytes = less(later->bytes, earlier->bytes);
	call->peeks = less(later->peeks, earlier->peeks);
	hist_add(&call->wait, &later->wait);
	hist_subtract(&call->wait, &earlier->wait);
	hist_add(&call->busy, &later->busy);
	hist_subtract(&call->busy, &earlier->busy);
	errors_add(&call->errors, &later->errors);
	errors_subtract(&call->errors, &earlier->errors);
	call->wait_max = hist_window_max(earlier->wait_max, later->wait_max, &call->wait);
	call->busy_max = hist_window_max(earlier->busy_max, later->busy_max, &call->busy);
}

/* Sets the time of `task` in call op to what it was between the two; later may be NULL. */
static void time_diff(struct task_sums *task, unsigned int op, const struct time_sums *earlier,
		      const struct time_sums *later)
{
	struct time_sums time = {0};

	if (!later)
		return;
	for (unsigned int p = 0; p < PHASES; p++)
		time.ns[p] = less(later->ns[p], earlier->ns[p]);
	time.sampled = less(later->sampled, earlier->sampled);
	if (time.sampled || SUM_OF_PHASES(time.ns))
		*task_time(task, op) = time;
}

/* For how much of the window (ns) a task had a living thread; for all of it if that is not known.
 */
static uint64_t lived_in(const struct window *w, const struct task_sums *later)
{
	bool one = !later->summed && later->born;
	uint64_t from = one && later->born > w->from ? later->born : w->from;
	uint64_t to =
		one && later->exited && later->ended && later->ended < w->to ? later->ended : w->to;

	return less(to, from);
}

/* Sets `task` to the sums of one task between the two; earlier may be NULL. */
static void task_diff(struct task_sums *task, const struct task_sums *earlier,
		      const struct task_sums *later, bool whole)
{
	static const struct task_sums none;
	const struct task_sums *e = earlier ? earlier : &none;

	memcpy(task->comm, later->comm, sizeof(task->comm));
	task->exited = later->exited;
	task->threads = later->threads;
	task->stopped = later->stopped;
	task->threads_ever = less(later->threads_ever, e->threads_ever) + e->threads;
	/* In the window of all each is counted already: it was alive when that began, or new. */
	if (whole)
		task->threads_ever =
			less(task->threads_ever, less(later->threads_back, e->threads_back));
	task->wall = less(later->wall, e->wall);
	task->registered = later->registered;
	task->async = later->async;
	task->signalfd = later->signalfd;
	task->evidence = later->evidence;
	task->backlog = backlog_diff(&e->backlog, &later->backlog, whole);
	task->inflight_before = earlier ? 0 : later->inflight_before;
	task->inflight_aio = later->inflight_aio;
	task->sets = later->sets;
	task->in_sets = later->in_sets;
	task->ever = later;
	task->family = later->family;
	for (unsigned int i = 0; i < COUNTERS; i++)
		task->count[i] = less(later->count[i], e->count[i]);
	task->light = later->light;
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		time_diff(task, op, task_time_of(e, op), later->time[op]);
	for (unsigned int op = 0; op < OPS; op++) {
		task->inflight[op] = later->inflight[op];
		if (op < OP_REQUESTS)
			task->inflight_before += e->inflight[op];
		call_diff(task, op, e->call[op], later->call[op]);
	}
}

/* The task of `later` in which a task that is there no longer has been summed, or NULL. */
static const struct task_sums *heir_of(const struct task_list *later, const struct task_sums *task)
{
	const struct task_sums *heir = task_list_find(later, task->pid, 0);

	/* A process has (pid, 0) to itself, and may be another one of the same number. */
	if (!heir || !heir->summed)
		heir = task_list_find(later, 0, 0);
	return heir && heir->summed ? heir : NULL;
}

/* Adds a task, as it stood in the earlier snapshot, to what its heir has had from then on. */
static void inherit(struct task_sums *heir, const struct task_sums *task)
{
	task_add(heir, task);
	heir->exited = true;
	if (task->exited)
		heir->summed += task->summed ? task->summed : 1;
}

/*
 * Fills `heirs` with those of `later` in which tasks of `earlier` have been summed since: as they
 * would have stood in the earlier snapshot with these in them already.
 */
static void find_heirs(struct task_list *heirs, const struct task_list *earlier,
		       const struct task_list *later)
{
	for (size_t i = 0; i < earlier->count; i++) {
		const struct task_sums *then = earlier->task[i], *now, *heir, *own;
		struct task_sums *sum;

		now = task_list_find(later, then->pid, then->tid);
		if (now && now->born == then->born)
			continue;
		heir = heir_of(later, then);
		if (!heir)
			continue;
		own = task_list_find(earlier, heir->pid, heir->tid);
		sum = task_list_find(heirs, heir->pid, heir->tid);
		if (!sum) {
			sum = task_list_get(heirs, heir->pid, heir->tid);
			if (own)
				inherit(sum, own);
		}
		inherit(sum, then);
	}
}

/* Fills a list of a window with the differences of all tasks that were there in it. */
static void list_diff(const struct window *w, struct task_list *list,
		      const struct task_list *earlier, const struct task_list *later)
{
	struct task_list heirs = {0};

	find_heirs(&heirs, earlier, later);
	for (size_t i = 0; i < later->count; i++) {
		const struct task_sums *now = later->task[i], *then;
		struct task_sums *task;

		then = task_list_find(&heirs, now->pid, now->tid);
		if (!then)
			then = task_list_find(earlier, now->pid, now->tid);
		/* Another one under the same number: the one before has been summed up. */
		if (then && then->born != now->born)
			then = NULL;
		/* A task that others are summed in has no living thread, but grows. */
		if (then && then->exited && now->exited && then->wall == now->wall)
			continue;
		task = task_list_get(list, now->pid, now->tid);
		task_diff(task, then, now, w->whole);
		task->lived = lived_in(w, now);
		/* Of all windows together each connection is to count once. */
		if (w->whole)
			memcpy(&task->count[COUNT_CONNS], &task->count[COUNT_CONNS_EVER],
			       SIDES * sizeof(task->count[0]));
		task->summed = less(now->summed, then ? then->summed : 0);
	}
	task_list_clear(&heirs);
}

/* Fills in what upstreams took in the window, whose processes are known. */
static void diff_upstreams(struct window *w, const struct upstream_list *earlier,
			   const struct upstream_list *later)
{
	upstreams_diff(&w->upstreams, earlier, later, w->whole);
	for (size_t i = 0; i < w->upstreams.count; i++)
		if (!task_list_find(&w->processes, (pid_t)w->upstreams.sum[i].key.tgid, 0))
			w->upstreams.sum[i].key.tgid = 0;
	upstreams_sort(&w->upstreams);
}

/* The window from `earlier` to `later`; with earlier NULL, from `start` (ns) with all sums 0. */
void snapshot_diff(struct window *w, const struct snapshot *earlier, uint64_t start,
		   const struct snapshot *later)
{
	const struct snapshot *e = earlier ?: &(const struct snapshot){0};

	*w = (struct window){
		.from = earlier ? earlier->at : start,
		.to = later->at,
		.utc = later->utc,
		.missed = less(later->missed, e->missed),
		.torn = less(later->torn, e->torn),
		.whole = !earlier || earlier->first,
		.let_go = less(later->let_go, e->let_go),
		.joins = joins_between(&e->joins, &later->joins),
	};
	for (unsigned int i = 0; i < LOSTS; i++)
		w->lost[i] = less(later->lost[i], e->lost[i]);
	list_diff(w, &w->processes, &e->processes, &later->processes);
	list_diff(w, &w->threads, &e->threads, &later->threads);
	pulses_quiet(&w->quiet, &e->pulses, &later->pulses);
	pulses_loops(&w->loops, &e->pulses, &later->pulses);
	diff_upstreams(w, &e->upstreams, &later->upstreams);
}

/* Frees what the snapshot holds. */
void snapshot_clear(struct snapshot *s)
{
	task_list_clear(&s->processes);
	task_list_clear(&s->threads);
	pulses_clear(&s->pulses);
	upstreams_clear(&s->upstreams);
	*s = (struct snapshot){0};
}

/* Frees what the window holds. */
void window_clear(struct window *w)
{
	task_list_clear(&w->processes);
	task_list_clear(&w->threads);
	pulses_clear(&w->quiet);
	loop_sleep_clear(&w->loops);
	upstreams_clear(&w->upstreams);
	*w = (struct window){0};
}
