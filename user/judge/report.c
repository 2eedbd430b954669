/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report.c - a window made ready to print.
 *
 * What goes in: sums per task and call. What comes out: tasks and calls named, sorted and decided,
 * the time budget, percentiles, and a sentence for each kind of loss. Pure: no kernel, clock, I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "books/families.h"
#include "books/hist.h"
#include "books/ops.h"
#include "judge/report.h"
#include "books/snapshot.h"
#include "base/xalloc.h"

/* What each counter of losses means to the reader; the names are those of enum lost. */
static const struct {
	const char *name, *sentence;
} losses[] = {
	[LOST_THREADS] = {"threads", "not traced: no room for more threads"},
	[LOST_CALLS] = {"calls", "their time is counted, their outcomes are not: no room"},
	[LOST_SAMPLES] = {"samples", "calls or requests that are missing in percentiles"},
	[LOST_ENTERS] = {"enters", "calls seen to end but not to begin: their time is in app"},
	[LOST_EXITS] = {"exits", "calls seen to begin but not to end: not counted"},
	[LOST_CLAIMS] = {"claims", "threads not traced: they could not be registered"},
	[LOST_BYTES] = {"bytes", "calls whose message lengths could not be read"},
	[LOST_REQUESTS] = {"requests", "of asynchronous interfaces, not followed to the end"},
	[LOST_32_BIT] = {"32-bit",
			 "system calls by 32-bit numbers: not seen, their time is in app"},
	[LOST_DEATHS] = {"deaths", "threads whose end was found out late; until then they count"},
	[LOST_COMPAT] = {"compat", "processes not traced any longer since they became 32-bit"},
	[LOSTS] = {"missed", "events for which the kernel skipped our programs"},
	[LOSTS + 1] = {"torn", "threads that moved while they were read: sums a little off"},
};

/* The order of calls: the most time first, then by name; app is the last. */
static int compare_calls(const void *a, const void *b)
{
	const struct report_call *x = a, *y = b;
	uint64_t time_x = 0, time_y = 0;

	if (x->is_app != y->is_app)
		return x->is_app ? 1 : -1;
	if (x->is_request != y->is_request)
		return x->is_request ? 1 : -1;
	for (unsigned int p = 0; p < PHASES; p++) {
		time_x += x->ns[p];
		time_y += y->ns[p];
	}
	if (time_x != time_y)
		return time_x > time_y ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The order of tasks: the most I/O calls first, then by pid and tid. */
static int compare_tasks(const void *a, const void *b)
{
	const struct report_task *x = a, *y = b;

	if (x->io_calls != y->io_calls)
		return x->io_calls > y->io_calls ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* The percentile, known to the bucket and never above the longest. */
static uint64_t percentile(const struct hist *h, uint64_t zeros, double q, uint64_t max)
{
	uint64_t p = hist_percentile(h, zeros, q);

	return p < max ? p : max;
}

/* The percentiles over `calls` calls, of which those missing in the histogram took 0 ns. */
static struct percentiles percentiles_of(const struct hist *h, uint64_t calls, uint64_t max)
{
	uint64_t counted = hist_count(h), zeros = calls > counted ? calls - counted : 0;

	return (struct percentiles){
		.p50 = percentile(h, zeros, 0.50, max),
		.p90 = percentile(h, zeros, 0.90, max),
		.p99 = percentile(h, zeros, 0.99, max),
		.max = max,
	};
}

/* Fills in what ended calls came to. */
static void call_fill(struct report_call *c, const struct call_sums *sums)
{
	for (unsigned int i = 0; i < OUTCOMES; i++) {
		c->outcome[i] = sums->outcome[i];
		c->calls += sums->outcome[i];
	}
	c->bytes = sums->bytes;
	c->peeks = sums->peeks;
	errors_add(&c->errors, &sums->errors);
	errors_sort(&c->errors);
	if (c->is_request) {
		c->has_latency = hist_count(&sums->wait) > 0;
		c->latency = percentiles_of(&sums->wait, 0, sums->wait_max);
		return;
	}
	c->wait = percentiles_of(&sums->wait, c->calls, sums->wait_max);
	/* Every call is in this histogram, so what is missing was lost and did not take 0 ns. */
	c->busy = percentiles_of(&sums->busy, 0, sums->busy_max);
}

/*
 * How many calls, or requests, are in progress. A thread may have completed more requests than it
 * made, since others of its process made them; in what has ended none is.
 */
static uint64_t inflight_of(const struct task_sums *sums, unsigned int op)
{
	int inflight = (int)sums->inflight[op];

	return inflight < 0 || sums->exited ? 0 : (unsigned int)inflight;
}

/* Whether there is anything to say about the call. */
static bool call_is_used(const struct task_sums *sums, unsigned int op)
{
	for (unsigned int p = 0; p < PHASES && op < OPS_TIMED; p++)
		if (sums->ns[op][p])
			return true;
	return sums->call[op] || inflight_of(sums, op);
}

/* Lists the calls of a task and adds up its budget. */
static void task_fill_calls(struct report_task *t, const struct task_sums *sums)
{
	struct report_call app = {.name = "app", .class_name = "app", .is_app = true};
	struct report_call call[OPS]; /* with ten thousand threads, each has the few it needs */

	for (unsigned int op = 0; op < OPS; op++) {
		/* Time in what is no call by name, as before a first event, is not in I/O calls. */
		bool is_io = op != OP_APP && ops[op].name;
		struct report_call *c = is_io ? &call[t->calls] : &app;

		if (is_io && !call_is_used(sums, op))
			continue;
		if (is_io)
			*c = (struct report_call){.name = ops[op].name};
		for (unsigned int p = 0; p < PHASES && op < OPS_TIMED; p++) {
			c->ns[p] += sums->ns[op][p];
			(is_io ? t->budget.io : t->budget.app)[p] += sums->ns[op][p];
			t->accounted += sums->ns[op][p];
		}
		if (!is_io)
			continue;
		c->class_name = op_class_name(ops[op].traits.op_class);
		c->inflight = inflight_of(sums, op);
		c->is_request = ops[op].traits.op_class == CLASS_REQUEST;
		if (sums->call[op])
			call_fill(c, sums->call[op]);
		if (!c->is_request)
			t->io_calls += c->calls;
		t->peeks += c->peeks;
		t->calls++;
	}
	call[t->calls++] = app;
	t->call = xcalloc(t->calls, sizeof(*t->call));
	memcpy(t->call, call, t->calls * sizeof(*t->call));
	qsort(t->call, t->calls, sizeof(*t->call), compare_calls);
}

/* Fills in what became of I/O signals. */
static void task_fill_signals(struct report_task *t, const struct call_sums *sums)
{
	if (!sums)
		return;
	t->signals = sums->outcome[OUT_OK];
	t->has_delays = hist_count(&sums->wait) > 0;
	/* Those that are missing in the histogram were not measured. */
	t->signal_delay = percentiles_of(&sums->wait, 0, sums->wait_max);
}

/* Fills in one task, without its threads. */
static void task_fill(struct report_task *t, const struct task_sums *sums)
{
	*t = (struct report_task){
		.pid = sums->pid,
		.tid = sums->tid,
		.exited = sums->exited,
		.summed = sums->summed,
		.threads = sums->threads,
		.threads_ever = sums->threads_ever,
		.wall = sums->wall,
		.stopped = sums->stopped,
		.stopped_ns = sums->count[COUNT_STOPPED_NS],
		.wakeups = sums->count[COUNT_WAKEUPS],
		.model = model_decide(sums),
	};
	memcpy(t->comm, sums->comm, sizeof(t->comm));
	task_fill_signals(t, sums->call[OP_SIGNALS]);
	task_fill_calls(t, sums);
}

/*
 * Attaches its threads to a process, and returns how many are in others' sums; *next is the first
 * one in the list that may belong to it.
 */
static uint64_t process_fill_threads(struct report_task *process, const struct task_list *threads,
				     size_t *next)
{
	size_t first = *next;
	uint64_t summed = 0;

	while (first < threads->count && threads->task[first]->pid < process->pid)
		first++;
	for (*next = first; *next < threads->count; ++*next)
		if (threads->task[*next]->pid != process->pid)
			break;
	process->thread = xcalloc(*next - first, sizeof(*process->thread));
	for (size_t i = first; i < *next; i++) {
		struct report_task *thread = &process->thread[process->thread_count++];

		task_fill(thread, threads->task[i]);
		thread->is_thread = true;
		thread->shape = process->shape;
		summed += thread->summed;
	}
	qsort(process->thread, process->thread_count, sizeof(*process->thread), compare_tasks);
	return summed;
}

/* The eldest ancestor of a process among those of the window; itself if it has none. */
static pid_t family_of(const struct task_sums *process, const struct task_list *processes)
{
	const struct task_sums *parent = process;

	/* A pid that was used again may close a circle: no line is longer than all processes. */
	for (size_t i = 0; parent && i < processes->count; i++) {
		process = parent;
		parent = families_parent(process, processes);
	}
	return process->pid;
}

/* Lists the losses that are not 0. */
static void report_fill_losses(struct report *r, const struct window *w)
{
	r->loss = xcalloc(ARRAY_SIZE(losses), sizeof(*r->loss));
	for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
		uint64_t count = i < LOSTS ? w->lost[i] : i == LOSTS ? w->missed : w->torn;

		if (count)
			r->loss[r->losses++] = (struct report_loss){
				.name = losses[i].name,
				.sentence = losses[i].sentence,
				.count = count,
			};
	}
}

/* The report on a window, with copies of `count` notes. */
struct report *report_build(const struct window *w, const char *const *notes, size_t count)
{
	struct shape_decision *shape = shapes_decide(&w->processes);
	struct report *r = xcalloc(1, sizeof(*r));
	size_t next = 0;

	r->period = w->to > w->from ? w->to - w->from : 0;
	r->utc = w->utc;
	r->has_threads = w->threads.count > 0;
	r->process = xcalloc(w->processes.count, sizeof(*r->process));
	for (; r->processes < w->processes.count; r->processes++) {
		const struct task_sums *sums = w->processes.task[r->processes];
		struct report_task *process = &r->process[r->processes];

		task_fill(process, sums);
		process->shape = shape[r->processes];
		process->family = family_of(sums, &w->processes);
		r->summed_threads += process_fill_threads(process, &w->threads, &next);
		r->summed_processes += process->summed;
		r->inflight_before += sums->inflight_before;
		for (unsigned int op = 0; op < OPS; op++)
			*(op < OP_REQUESTS ? &r->inflight : &r->requests) += inflight_of(sums, op);
	}
	free(shape);
	qsort(r->process, r->processes, sizeof(*r->process), compare_tasks);
	report_fill_losses(r, w);
	r->note = xcalloc(count, sizeof(*r->note));
	for (; r->notes < count; r->notes++)
		r->note[r->notes] = xstrdup(notes[r->notes]);
	return r;
}

/* Frees what a task holds. */
static void task_free(struct report_task *t)
{
	for (size_t i = 0; i < t->thread_count; i++)
		task_free(&t->thread[i]);
	for (size_t i = 0; i < t->calls; i++)
		errors_clear(&t->call[i].errors);
	free(t->thread);
	free(t->call);
}

/* Frees the report; NULL is none. */
void report_free(struct report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->processes; i++)
		task_free(&r->process[i]);
	for (size_t i = 0; i < r->notes; i++)
		free(r->note[i]);
	free(r->process);
	free(r->loss);
	free(r->note);
	free(r);
}
