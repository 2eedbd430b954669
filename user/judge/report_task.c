/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report_task.c - one task made ready to print.
 *
 * What goes in: sums per call. What comes out: calls named and sorted, the model, the time budget,
 * percentiles. Pure: no kernel, clock, I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "base/xalloc.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "judge/report_task.h"
#include "judge/sampled.h"

/* The order of calls: the most time first, then by name; app is the last. */
static int compare_calls(const void *a, const void *b)
{
	const struct report_call *x = a, *y = b;
	uint64_t time_x = SUM_OF_PHASES(x->ns), time_y = SUM_OF_PHASES(y->ns);

	if (x->is_app != y->is_app)
		return x->is_app ? 1 : -1;
	if (x->is_request != y->is_request)
		return x->is_request ? 1 : -1;
	if (time_x != time_y)
		return time_x > time_y ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The order of tasks: the most I/O calls first, then by pid and tid. */
int report_task_compare(const void *a, const void *b)
{
	const struct report_task *x = a, *y = b;

	if (x->io_calls != y->io_calls)
		return x->io_calls > y->io_calls ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* The time (ns) that its threads were on a CPU. */
uint64_t report_task_on_cpu(const struct report_task *t)
{
	const uint64_t *io = t->budget.io, *app = t->budget.app;

	return io[PHASE_CPU] + io[PHASE_COPY] + app[PHASE_CPU] + app[PHASE_COPY];
}

/* The order of threads: one that only computes is among the first, of however many. */
int report_task_compare_threads(const void *a, const void *b)
{
	uint64_t x = report_task_on_cpu(a), y = report_task_on_cpu(b);

	return x == y ? report_task_compare(a, b) : x > y ? -1 : 1;
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
	c->has_wait = c->calls || hist_count(&sums->wait);
	c->wait = percentiles_of(&sums->wait, c->calls, sums->wait_max);
	/* Every call is in this histogram, so what is missing was lost and did not take 0 ns. */
	c->has_busy = hist_count(&sums->busy);
	c->busy = percentiles_of(&sums->busy, 0, sums->busy_max);
}

/*
 * How many calls, or requests, are in progress. A thread may have completed more requests than it
 * made, since others of its process made them; in what has ended none is.
 */
uint64_t report_task_inflight(const struct task_sums *sums, unsigned int op)
{
	int inflight = (int)sums->inflight[op];

	return inflight < 0 || sums->exited ? 0 : (unsigned int)inflight;
}

/* Whether there is anything to say about the call. */
static bool call_is_used(const struct task_sums *sums, unsigned int op)
{
	if (op < OPS_TIMED && sums->time[op])
		return true;
	return sums->call[op] || report_task_inflight(sums, op);
}

/* Lists the calls of a task and adds up its budget. */
static void task_fill_calls(struct report_task *t, const struct task_sums *sums)
{
	struct report_call app = {
		.name = "app", .class_name = "app", .is_app = true, .is_divided = true};
	struct report_call call[OPS]; /* with ten thousand threads, each has the few it needs */
	uint64_t cpu[OPS_TIMED];

	t->samples = sampled_divide(sums, cpu);
	for (unsigned int op = 0; op < OPS; op++) {
		/* Time in what is no call by name, as before a first event, is not in I/O calls. */
		bool is_io = op != OP_APP && ops[op].name;
		struct report_call *c = is_io ? &call[t->calls] : &app;

		if (is_io && !call_is_used(sums, op))
			continue;
		if (is_io)
			*c = (struct report_call){.name = ops[op].name};
		for (unsigned int p = 0; p < PHASES && op < OPS_TIMED; p++) {
			uint64_t ns = p == PHASE_CPU ? cpu[op] : task_time_of(sums, op)->ns[p];

			c->ns[p] += ns;
			(is_io ? t->budget.io : t->budget.app)[p] += ns;
			t->accounted += ns;
		}
		c->samples += op < OPS_TIMED ? task_time_of(sums, op)->sampled : 0;
		if (!is_io)
			continue;
		c->op_class = ops[op].traits.op_class;
		c->class_name = op_class_name(c->op_class);
		c->inflight = report_task_inflight(sums, op);
		c->is_request = c->op_class == CLASS_REQUEST;
		/* A kernel worker makes no calls, so that its time needs no dividing. */
		c->is_divided = t->samples || !sums->light || op == OP_WORKER;
		if (sums->call[op])
			call_fill(c, sums->call[op]);
		c->is_counted = !sums->light || c->is_request || c->calls;
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

/* Whether nearly all time of a task is in calls that are not known, if it was in any. */
static bool task_is_unseen(const struct task_sums *sums)
{
	uint64_t unknown = SUM_OF_PHASES(task_time_of(sums, OP_UNKNOWN)->ns);

	return unknown && unknown >= sums->wall - sums->wall / 10;
}

/* Fills in one task, without its threads. */
void report_task_fill(struct report_task *t, const struct task_sums *sums, uint64_t period)
{
	*t = (struct report_task){
		.pid = sums->pid,
		.tid = sums->tid,
		.exited = sums->exited,
		.left = sums->left,
		.summed = sums->summed,
		.threads = sums->threads,
		.threads_ever = sums->threads_ever,
		.lived = sums->lived ? sums->lived : period,
		.children = sums->children,
		.wall = sums->wall,
		.stopped = sums->stopped,
		.stopped_ns = sums->count[COUNT_STOPPED_NS],
		.light = sums->light,
		.unseen = task_is_unseen(sums),
		.wakeups = sums->count[COUNT_WAKEUPS],
		.socket_reads = sums->count[COUNT_SOCKET_READS],
		.connections = sums->count[COUNT_CONNECTIONS],
		.model = model_decide(sums),
		.loops = loops_of(sums),
	};
	memcpy(t->comm, sums->comm, sizeof(t->comm));
	t->exchanges = exchanges_of(sums);
	t->backlog = sums->backlog;
	t->where = sums->where;
	t->whose = sums->whose;
	task_fill_signals(t, sums->call[OP_SIGNALS]);
	task_fill_calls(t, sums);
}

/* Leaves the time of those who did nothing out of what is said of the others. */
void report_task_leave_out(struct report_task *t, uint64_t period)
{
	if (t->quiet.count >= t->threads_ever)
		return;
	t->quiet.ns = t->quiet.count * period;
	/* A snapshot's time and that of a thread's last event may be apart by a little. */
	if (t->quiet.ns > t->budget.app[PHASE_WAIT])
		t->quiet.ns = t->budget.app[PHASE_WAIT];
	t->budget.app[PHASE_WAIT] -= t->quiet.ns;
	t->accounted -= t->quiet.ns;
	if (t->model.basis == BASIS_TIME && !t->model.before)
		t->model.wall -= t->quiet.ns;
}

/* Frees what a task holds. */
void report_task_clear(struct report_task *t)
{
	for (size_t i = 0; i < t->thread_count; i++)
		report_task_clear(&t->thread[i]);
	for (size_t i = 0; i < t->calls; i++)
		errors_clear(&t->call[i].errors);
	report_upstreams_clear(&t->upstreams);
	large_free(t->thread, t->thread_count * sizeof(*t->thread));
	free(t->call);
}
