/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report.c - a window made ready to print.
 *
 * What goes in: sums per task and call. What comes out: tasks and calls named, sorted and decided,
 * the time budget, percentiles, and a sentence for each kind of loss. Pure: no kernel, clock, I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/large.h"
#include "base/xalloc.h"
#include "books/snapshot.h"
#include "judge/family.h"
#include "judge/report.h"

enum {
	FAMILY_OF_ALL = -1, /* no process has that number */
};

/* What each counter of losses means to the reader; the names are those of enum lost. */
static const struct {
	const char *name, *sentence;
} losses[] = {
	[LOST_THREADS] = {"threads", "not traced: no books were free when they began"},
	[LOST_CALLS] =
		{"calls",
		 "their time is counted, their outcomes are not: no room, see --max-threads"},
	[LOST_SAMPLES] = {"samples", "calls or requests that are missing in percentiles"},
	[LOST_ENTERS] = {"enters", "calls seen to end but not to begin: their time is in app"},
	[LOST_EXITS] = {"exits", "calls seen to begin but not to end: not counted"},
	[LOST_CLAIMS] = {"claims", "threads not traced: they could not be registered"},
	[LOST_BYTES] = {"bytes", "calls whose message lengths could not be read"},
	[LOST_REQUESTS] = {"requests", "of asynchronous interfaces, not followed to the end"},
	[LOST_32_BIT] = {"32-bit",
			 "system calls by 32-bit numbers: not seen, their time is in app"},
	[LOST_CONNECTIONS] =
		{"connections",
		 "times that one had no clock when it was used: no room for its books"},
	[LOST_EXCHANGES] = {"exchanges",
			    "not counted: no room, or their connection's books were not free"},
	[LOST_LISTENERS] = {"listeners",
			    "listening sockets whose queues are not known, or not all of it"},
	[LOST_UPSTREAMS] = {"upstreams",
			    "answers that are not counted by address: no room for more addresses"},
	[LOST_DEATHS] = {"deaths", "threads whose end was found out late; until then they count"},
	[LOST_EVENTS] = {"events", "of threads and connections, missing in the trace"},
	[LOST_CHILDREN] = {"children",
			   "threads not traced that no note was taken of: nor are their children"},
	[LOST_COMPAT] = {"compat", "processes not traced any longer since they became 32-bit"},
	[LOSTS] = {"missed", "events for which the kernel skipped our programs"},
	[LOSTS + 1] = {"torn", "threads that moved while they were read: sums a little off"},
};

/* The name of a loss. */
const char *loss_name(unsigned int lost)
{
	return lost < LOSTS ? losses[lost].name : NULL;
}

/*
 * Attaches its threads to a process, and returns how many are in others' sums; *next is the first
 * one in the list that may belong to it.
 */
static uint64_t process_fill_threads(struct report_task *process, const struct task_list *threads,
				     uint64_t period, size_t *next)
{
	size_t first = *next;
	uint64_t summed = 0;

	while (first < threads->count && threads->task[first]->pid < process->pid)
		first++;
	for (*next = first; *next < threads->count; ++*next)
		if (threads->task[*next]->pid != process->pid)
			break;
	process->thread = large_alloc((*next - first) * sizeof(*process->thread));
	for (size_t i = first; i < *next; i++) {
		struct report_task *thread = &process->thread[process->thread_count++];

		report_task_fill(thread, threads->task[i], period);
		thread->is_thread = true;
		thread->family = process->family;
		thread->shape = process->shape;
		summed += thread->summed;
	}
	qsort(process->thread, process->thread_count, sizeof(*process->thread),
	      report_task_compare_threads);
	return summed;
}

/* Finds the threads of processes, which are in the order of pid, that did nothing. */
static void report_fill_quiet(struct report *r, const struct pulse_list *quiet)
{
	size_t p = 0;

	for (size_t i = 0; i < quiet->count; i++) {
		while (p < r->processes && r->process[p].pid < quiet->pulse[i].pid)
			p++;
		if (p < r->processes && r->process[p].pid == quiet->pulse[i].pid)
			quiet_add(&r->process[p].quiet, quiet->pulse[i].comm, 1);
	}
	for (p = 0; p < r->processes; p++) {
		struct report_task *process = &r->process[p];

		report_task_leave_out(process, r->period);
		for (size_t i = 0; i < process->thread_count; i++)
			process->thread[i].is_quiet =
				pulses_have(quiet, process->pid, process->thread[i].tid);
	}
}

/* Adds what the event loops of processes did. */
static void report_fill_sleep(struct report *r, const struct loop_sleep_list *loops)
{
	for (size_t i = 0; i < r->processes; i++) {
		struct report_task *process = &r->process[i];
		const struct loop_sleep *loop = loop_sleep_find(loops, process->pid);

		if (!loop)
			continue;
		process->asleep = *loop;
		process->loops.turn = loop->turn;
	}
}

/* Fills in the upstreams of some processes of the report, as those of one task. */
static void fill_upstreams(struct report_task *t, const struct window *w,
			   const struct report_task *process, size_t count)
{
	struct upstream_list sum = {0};

	for (size_t i = 0; i < count; i++)
		upstreams_join(&sum, t->pid, &w->upstreams, process[i].pid);
	upstreams_sort(&sum);
	t->upstreams = report_upstreams_of(&sum);
	upstreams_clear(&sum);
}

/* Where several processes are, if all are in one container. */
static struct where common_place(const struct report_task *process, size_t count)
{
	struct where where = {0};

	for (size_t i = 1; i < count; i++)
		if (memcmp(process[i].where.container, process[0].where.container, WHERE_ID_LEN))
			return where;
	memcpy(where.container, process[0].where.container, WHERE_ID_LEN);
	return where;
}

/* Sums up the processes of a family, which are some of the report. */
static void family_fill(struct report_family *f, const struct report *r, const struct window *w)
{
	const struct report_task *head = &r->process[f->first];
	bool headed = head->pid == f->pid;
	struct family_sum sum = {0};
	struct report_task *t = f->sum = xcalloc(1, sizeof(*f->sum));

	for (size_t i = f->first; i < f->first + f->count; i++)
		family_add(&sum, task_list_find(&w->processes, r->process[i].pid, 0));
	sum.window.pid = f->pid;
	sum.window.exited = !sum.window.threads;
	sum.window.lived = headed ? head->lived : r->period;
	if (headed)
		memcpy(sum.window.comm, head->comm, COMM_LEN);
	report_task_fill(t, &sum.window, r->period);
	t->processes = 0;
	for (size_t i = f->first; i < f->first + f->count; i++)
		t->processes += r->process[i].summed ? (unsigned int)r->process[i].summed : 1;
	t->family = f->pid;
	t->where = common_place(&r->process[f->first], f->count);
	if (headed)
		t->shape = head->shape;
	for (size_t i = f->first; i < f->first + f->count; i++) {
		quiet_join(&t->quiet, &r->process[i].quiet);
		loop_sleep_join(&t->asleep, &r->process[i].asleep);
	}
	t->loops.turn = t->asleep.turn;
	report_task_leave_out(t, r->period);
	fill_upstreams(t, w, &r->process[f->first], f->count);
	family_clear(&sum);
}

/* Sums up all processes of the report. */
void report_sum_up(struct report *r, const struct window *w)
{
	struct report_family all = {.pid = FAMILY_OF_ALL, .count = r->processes};

	if (r->families < 2)
		return;
	family_fill(&all, r, w);
	r->total = *all.sum;
	free(all.sum);
	r->total.is_total = true;
}

/* The order of processes: by family, who was asked for first, then the most I/O calls. */
static int compare_members(const void *a, const void *b)
{
	const struct report_task *x = *(struct report_task *const *)a;
	const struct report_task *y = *(struct report_task *const *)b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if ((x->pid == x->family) != (y->pid == y->family))
		return x->pid == x->family ? -1 : 1;
	return report_task_compare(x, y);
}

/* The order of families: the most I/O calls first, then by pid. */
static int compare_families(const void *a, const void *b)
{
	const struct report_family *x = a, *y = b;

	if (x->io_calls != y->io_calls)
		return x->io_calls > y->io_calls ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Puts the processes into the order of their families, which say where they are in `member`. */
static void order_by_family(struct report *r, struct report_task *const *member)
{
	struct report_task *process = xrealloc(NULL, r->processes, sizeof(*process));
	size_t next = 0;

	for (size_t i = 0; i < r->families; i++) {
		struct report_family *f = &r->family[i];
		size_t first = f->first;

		f->first = next;
		for (size_t j = 0; j < f->count; j++)
			process[next++] = *member[first + j];
	}
	free(r->process);
	r->process = process;
}

/* Finds the families among the processes, and orders both. A process is moved once: it is large. */
static void report_fill_families(struct report *r, const struct window *w)
{
	struct report_task **member = xcalloc(r->processes, sizeof(struct report_task *));

	for (size_t i = 0; i < r->processes; i++)
		member[i] = &r->process[i];
	if (r->processes)
		qsort(member, r->processes, sizeof(struct report_task *), compare_members);
	r->family = xcalloc(r->processes, sizeof(*r->family));
	for (size_t i = 0; i < r->processes; i++) {
		struct report_family *f;

		/* Those of a family follow each other. */
		if (!i || member[i - 1]->family != member[i]->family)
			r->family[r->families++] =
				(struct report_family){.pid = member[i]->family, .first = i};
		f = &r->family[r->families - 1];
		f->count++;
		f->io_calls += member[i]->io_calls;
	}
	if (r->families)
		qsort(r->family, r->families, sizeof(*r->family), compare_families);
	order_by_family(r, member);
	free(member);
	for (size_t i = 0; i < r->families; i++)
		if (r->family[i].count > 1)
			family_fill(&r->family[i], r, w);
}

/* Finds what the numbers of a family and its processes say. */
static void family_find(struct report *r, const struct report_family *f)
{
	struct measures m;

	/* Under pid 0 all are summed that there was no room for. */
	for (size_t i = f->first; i < f->first + f->count && f->pid; i++) {
		if (!r->process[i].pid)
			continue;
		measure_task(&m, &r->process[i]);
		findings_add(&r->findings, &r->process[i], &m);
	}
	if (f->count < 2)
		return;
	measure_task(&m, f->sum);
	findings_add_family(&r->findings, f->sum, &m);
}

/* Finds what the numbers of all families, and of the whole, say. */
static void report_find(struct report *r, const struct window *w)
{
	uint64_t io_calls = 0, exchanges = 0;
	struct measures m;

	for (size_t i = 0; i < r->families; i++) {
		family_find(r, &r->family[i]);
		io_calls += r->family[i].io_calls;
	}
	for (size_t i = 0; i < r->processes; i++)
		exchanges += r->process[i].exchanges.answered + r->process[i].exchanges.asked;
	measure_window(&m, w, io_calls, exchanges);
	findings_add(&r->findings, NULL, &m);
	findings_sort(&r->findings);
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

/* Whether nobody of a family lives. */
static bool is_over(const struct report *r, const struct report_family *f)
{
	return !(f->sum ? f->sum : &r->process[f->first])->threads;
}

/* Sums up those that ended by name: of families that are over, and of all. */
static void report_fill_endings(struct report *r, const struct window *w)
{
	const struct report_task **ended = xcalloc(r->processes, sizeof(*ended));
	size_t count = 0;

	for (size_t i = 0; i < r->families; i++) {
		const struct report_task *t = &r->process[r->family[i].first];

		for (size_t p = 0; is_over(r, &r->family[i]) && p < r->family[i].count; p++, t++)
			if (is_ending(t))
				ended[count++] = t;
	}
	r->ended_families = endings_sum(w, r->period, ended, count);
	count = 0;
	for (size_t i = 0; i < r->processes; i++)
		if (is_ending(&r->process[i]))
			ended[count++] = &r->process[i];
	r->ended = endings_sum(w, r->period, ended, count);
	free(ended);
}

/* The report on a window, with copies of `count` notes. */
struct report *report_build(const struct window *w, const char *const *notes, size_t count)
{
	struct shape_decision *shape = shapes_decide(&w->processes);
	struct report *r = xcalloc(1, sizeof(*r));
	size_t next = 0;

	r->window = w;
	r->period = w->to > w->from ? w->to - w->from : 0;
	r->utc = w->utc;
	r->has_threads = w->threads.count > 0;
	/* Each is filled in whole. */
	r->process = xrealloc(NULL, w->processes.count, sizeof(*r->process));
	for (; r->processes < w->processes.count; r->processes++) {
		const struct task_sums *sums = w->processes.task[r->processes];
		struct report_task *process = &r->process[r->processes];

		report_task_fill(process, sums, r->period);
		process->shape = shape[r->processes];
		process->family = family_of(sums, &w->processes);
		r->summed_threads += process_fill_threads(process, &w->threads, r->period, &next);
		fill_upstreams(process, w, process, 1);
		r->summed_processes += process->summed;
		r->inflight_before += sums->inflight_before;
		for (unsigned int op = 0; op < OPS; op++)
			*(op < OP_REQUESTS ? &r->inflight : &r->requests) +=
				report_task_inflight(sums, op);
	}
	free(shape);
	report_fill_quiet(r, &w->quiet);
	report_fill_sleep(r, &w->loops);
	report_fill_families(r, w);
	report_fill_endings(r, w);
	report_find(r, w);
	report_fill_losses(r, w);
	r->let_go = w->let_go;
	r->joins = w->joins;
	r->note = xcalloc(count, sizeof(*r->note));
	for (; r->notes < count; r->notes++)
		r->note[r->notes] = xstrdup(notes[r->notes]);
	return r;
}

/* Gives the report the connections of a list: those of its processes. */
void report_take_connections(struct report *r, struct connection_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct connection *c = &list->connection[i];
		size_t p = 0;

		while (p < r->processes && r->process[p].pid != (pid_t)c->row.tgid)
			p++;
		if (p == r->processes)
			continue;
		c->process = p;
		list->connection[kept++] = *c;
	}
	list->all -= list->count - kept;
	list->count = kept;
	r->connections = *list;
	*list = (struct connection_list){0};
}

/* Frees the report; NULL is none. */
void report_free(struct report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->processes; i++)
		report_task_clear(&r->process[i]);
	for (size_t i = 0; i < r->families; i++) {
		if (r->family[i].sum)
			report_task_clear(r->family[i].sum);
		free(r->family[i].sum);
	}
	for (size_t i = 0; i < r->notes; i++)
		free(r->note[i]);
	report_task_clear(&r->total);
	endings_clear(&r->ended);
	endings_clear(&r->ended_families);
	findings_clear(&r->findings);
	connections_clear(&r->connections);
	free(r->process);
	free(r->family);
	free(r->loss);
	free(r->note);
	free(r);
}
