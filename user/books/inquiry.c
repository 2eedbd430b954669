/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * inquiry.c - see inquiry.h.
 *
 * What goes in: a snapshot, and somebody to ask. What comes out: the fields of its tasks that the
 * model of an idle one rests on, and the size of epoll sets. Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/inquiry.h"
#include "books/ops.h"

/* Whether a task has neither read nor accepted, so that its model is what it waits in. */
static bool is_idle(const struct task_sums *task)
{
	for (int way = 0; way < WAYS; way++)
		if (task->count[COUNT_READS + way] || task->count[COUNT_ACCEPTS + way])
			return false;
	return !task->exited;
}

/* Whether a task has ever been in a call of a class; `way`: and a mux of that kind, or any. */
static bool was_in(const struct task_sums *task, enum op_class op_class, enum way way)
{
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		if (task->time[op] && ops[op].traits.op_class == op_class &&
		    (way == WAY_NONE || ops[op].traits.mux_way == way))
			return true;
	return false;
}

/* Whether it matters how epoll watches the files of a task. */
static bool wants_registered(const struct task_sums *task)
{
	return is_idle(task) && was_in(task, CLASS_MUX, WAY_EPOLL_LT);
}

/*
 * Whether it matters if a task has asked for I/O signals: not if it has waited in a call that tells
 * the model whatever else it has asked for. A signal for the process reaches its first thread;
 * others must wait in a call for one.
 */
static bool wants_async(const struct task_sums *task)
{
	if (!is_idle(task) || was_in(task, CLASS_MUX, WAY_NONE) ||
	    was_in(task, CLASS_ACCEPT, WAY_NONE))
		return false;
	return !task->tid || task->tid == task->pid || was_in(task, CLASS_READ, WAY_NONE) ||
	       was_in(task, CLASS_SIGNAL, WAY_NONE);
}

/* Whether it is of interest how much a process's epoll sets watch: there are loops on them. */
static bool wants_sets(const struct inquiry *q, const struct task_sums *task)
{
	return !q->dear && !task->tid && !task->exited &&
	       (task->call[OP_LOOP] || task->call[OP_LOOP_EMPTY]) &&
	       was_in(task, CLASS_MUX, WAY_EPOLL_LT);
}

/* The ns that the threads of a process have been on a CPU: until they grow, it has done nothing. */
static uint64_t on_cpu(const struct task_sums *process)
{
	uint64_t ns = 0;

	for (unsigned int op = 0; op < OPS_TIMED; op++) {
		const struct time_sums *time = task_time_of(process, op);

		ns += time->ns[PHASE_CPU] + time->ns[PHASE_COPY];
	}
	return ns;
}

/* The order of answers. */
static int compare_answers(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* The answer about a process, or NULL. */
static struct answer *find_answer(const struct inquiry *q, pid_t pid)
{
	struct answer key = {.pid = pid};

	if (!q->count)
		return NULL;
	return bsearch(&key, q->answer, q->count, sizeof(key), compare_answers);
}

/* Makes places for the answers about the processes of a snapshot; what is still true is taken over.
 */
static void begin(struct inquiry *q, const struct task_list *processes)
{
	struct inquiry next = {.answer = xcalloc(processes->count, sizeof(struct answer)),
			       .count = processes->count,
			       .dear = q->dear};

	for (size_t i = 0; i < processes->count; i++) {
		const struct task_sums *process = processes->task[i];
		struct answer *old = find_answer(q, process->pid), *a = &next.answer[i];

		*a = (struct answer){
			.pid = process->pid, .born = process->born, .on_cpu = on_cpu(process)};
		if (old && old->known && old->born == a->born && old->on_cpu == a->on_cpu)
			*a = *old;
		a->wanted = false;
	}
	inquiry_clear(q);
	*q = next;
}

/* Marks the processes about which the tasks of a list want to know something. */
static void want(struct inquiry *q, const struct task_list *tasks)
{
	for (size_t i = 0; i < tasks->count; i++) {
		const struct task_sums *task = tasks->task[i];
		struct answer *a;

		if (!wants_registered(task) && !wants_async(task) && !wants_sets(q, task))
			continue;
		a = find_answer(q, task->pid);
		if (a)
			a->wanted = true;
	}
}

/*
 * How a process reads whose epoll sets watch so many of each. Its connections tell; before there
 * are any, all else, where an edge-triggered listener counts for the connections that it will
 * accept. Nobody reads from a listener that is level-triggered. At a tie the edge decides.
 */
static enum way way_of_registrations(const struct descriptors *d)
{
	__u32 edge = d->connections_edge, level = d->connections_level;

	if (!edge && !level) {
		edge = d->others_edge + d->listeners_edge;
		level = d->others_level;
	}
	if (edge && edge >= level)
		return WAY_EPOLL_ET;
	return level || d->listeners_level ? WAY_EPOLL_LT : WAY_NONE;
}

/* Draws the conclusions from what the descriptors of a process are. */
static void conclude(struct answer *a, const struct descriptors *d)
{
	a->known = true;
	a->registered = way_of_registrations(d);
	/* nginx's master, who reads nothing, has O_ASYNC on its ends of the channels to its
	 * workers. */
	a->async = d->async && d->async >= d->not_async;
	a->signalfd = d->signalfds;
	a->sets = d->sets;
	a->in_sets = d->registered;
}

/* Asks about the next processes that must be, from *from on; 0 or -errno. */
static int ask_next(struct inquiry *q, size_t *from, inquiry_ask ask, void *arg)
{
	struct descriptors list[ASKED_MAX] = {0};
	size_t first = *from, count = 0;
	int err = 0;

	for (; *from < q->count && count < ASKED_MAX; ++*from)
		if (q->answer[*from].wanted && !q->answer[*from].known)
			list[count++].pid = (__u32)q->answer[*from].pid;
	if (count)
		err = ask(arg, list, count);
	for (size_t i = first, n = 0; !err && i < *from && n < count; i++)
		if (q->answer[i].pid == (pid_t)list[n].pid)
			conclude(&q->answer[i], &list[n++]);
	return err;
}

/* Fills in what the answers tell about the tasks of a list. */
static void tell(const struct inquiry *q, struct task_list *tasks)
{
	for (size_t i = 0; i < tasks->count; i++) {
		struct task_sums *task = tasks->task[i];
		bool registered = wants_registered(task), async = wants_async(task);
		bool sets = wants_sets(q, task), any = registered || async || sets;
		const struct answer *a = any ? find_answer(q, task->pid) : NULL;

		if (!a || !a->known)
			continue;
		if (registered)
			task->registered = a->registered;
		if (sets) {
			task->sets = a->sets;
			task->in_sets = a->in_sets;
		}
		if (async) {
			task->async = a->async;
			task->signalfd = a->signalfd;
		}
	}
}

/* Fills in, in the tasks of a snapshot, what only their descriptors tell. */
int inquiry_fill(struct inquiry *q, struct snapshot *s, inquiry_ask ask, void *arg)
{
	size_t next = 0;
	int err = 0;

	begin(q, &s->processes);
	want(q, &s->processes);
	want(q, &s->threads);
	while (!err && next < q->count)
		err = ask_next(q, &next, ask, arg);
	tell(q, &s->processes);
	tell(q, &s->threads);
	return err;
}

void inquiry_clear(struct inquiry *q)
{
	free(q->answer);
	*q = (struct inquiry){0};
}
