/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * way_time.c - see way_time.h.
 *
 * What goes in: the times, outcomes and requests of a task. What comes out: times by way. Pure: no
 * kernel, no clock, no I/O.
 */
#include <string.h>

#include "books/ops.h"
#include "books/snapshot.h"
#include "judge/way_time.h"

/* All time in a call but that asleep (ns). */
static uint64_t awake_in(const struct task_sums *task, unsigned int op)
{
	const uint64_t *ns = task_time_of(task, op)->ns;

	return ns[PHASE_RUNQ] + ns[PHASE_CPU] + ns[PHASE_COPY];
}

/* All time in a call (ns). */
static uint64_t time_in(const struct task_sums *task, unsigned int op)
{
	return task_time_of(task, op)->ns[PHASE_WAIT] + awake_in(task, op);
}

/* The time that one thread of a task has lived in the window, on average (ns). */
uint64_t task_life(const struct task_sums *task)
{
	return task->threads_ever ? task->wall / task->threads_ever : task->wall;
}

/* Adds time (ns) in call op to that of a way; WAY_NONE is nothing. */
static void add(struct way_time *time, enum way way, unsigned int op, uint64_t ns,
		uint64_t requests)
{
	struct way_time *t = &time[way];

	if (way == WAY_NONE)
		return;
	t->ns += ns;
	if (ns > t->op_ns) {
		t->op_ns = ns;
		t->op = op;
		t->requests = requests;
	}
}

/* The way of a task that sleeps in call op, a read, an accept, a connect or a write. */
static enum way way_of_sleep(const struct task_sums *task, unsigned int op)
{
	if (ops[op].traits.op_class != CLASS_READ)
		return WAY_BLOCKING;
	/* Which descriptor it waits for is not known here. */
	if (task->async && task->signalfd)
		return WAY_SIGNAL;
	return 2 * task->inflight_aio > task->inflight[op] ? WAY_POSIX_AIO : WAY_BLOCKING;
}

/* What most ended calls of a kind came to. */
enum came_to {
	CAME_TO_NOTHING, /* there was nothing, and they did not wait for it */
	CAME_TO_DATA,	 /* they had what they were for, and still are no reads that count */
	CAME_TO_OTHER,	 /* time limits, signals, errors */
	CAME_TO_NO_END,	 /* none has ended */
};

/* What most ended calls of op came to. */
static enum came_to came_to(const struct task_sums *task, unsigned int op)
{
	const struct call_sums *call = task->call[op];
	uint64_t calls = 0;

	for (unsigned int i = 0; i < OUTCOMES && call; i++)
		calls += call->outcome[i];
	if (!calls)
		return CAME_TO_NO_END;
	if (2 * call->outcome[OUT_AGAIN] > calls)
		return CAME_TO_NOTHING;
	return 2 * (call->outcome[OUT_OK] + call->outcome[OUT_EOF]) > calls ? CAME_TO_DATA
									    : CAME_TO_OTHER;
}

/* How often its mux calls said that something is ready. */
static uint64_t times_told(const struct task_sums *task)
{
	uint64_t told = 0;

	for (unsigned int op = 1; op < OPS; op++)
		if (ops[op].traits.op_class == CLASS_MUX && task->call[op])
			told += task->call[op]->outcome[OUT_OK];
	return told;
}

/*
 * Whether the ended calls of op, a read, an accept or a connect, tell of no way: they found what
 * they were for, as reads of wake-ups do; a mux call had said each time that they would, as of a
 * descriptor that is another one's by now, or of what another process took first; or they make
 * connections, which costs the caller the more the quicker it goes.
 */
static bool tells_nothing(const struct task_sums *task, unsigned int op, enum came_to end)
{
	if (end == CAME_TO_DATA || end == CAME_TO_NO_END ||
	    ops[op].traits.op_class == CLASS_CONNECT)
		return true;
	return end == CAME_TO_NOTHING && task->call[op]->outcome[OUT_AGAIN] <= times_told(task);
}

/*
 * Adds the time in call op, a read, an accept, a connect or a write. To sleep in it is to block; to
 * be told again and again that there is nothing is to poll. The time awake in calls that tell
 * nothing goes to *weak.
 */
static void add_own(struct way_time *time, struct way_time *weak, const struct task_sums *task,
		    unsigned int op)
{
	enum came_to end = came_to(task, op);
	enum way way = end == CAME_TO_NOTHING ? WAY_NONBLOCKING : WAY_BLOCKING;

	add(time, way_of_sleep(task, op), op, task_time_of(task, op)->ns[PHASE_WAIT], 0);
	add(tells_nothing(task, op, end) ? weak : time, way, op, awake_in(task, op), 0);
}

/* The way of most writes of who has neither read nor accepted; WAY_NONE if none was counted. */
static enum way way_of_writes(const struct task_sums *task)
{
	uint64_t most = 0;
	int of = WAY_NONE;

	for (int way = 0; way < WRITE_WAYS; way++)
		if (task->count[COUNT_WRITES + way] > most) {
			most = task->count[COUNT_WRITES + way];
			of = way;
		}
	return (enum way)of;
}

/* Adds the time in call op, a write. */
static void add_write(struct way_time *time, struct way_time *weak, const struct task_sums *task,
		      unsigned int op)
{
	enum way way = way_of_writes(task);

	if (way != WAY_NONE)
		add(time, way, op, time_in(task, op), 0);
	else
		add_own(time, weak, task, op);
}

/* The requests of a kind that were completed in the window, or are in flight. */
static uint64_t requests_of(const struct task_sums *task, unsigned int op)
{
	const struct call_sums *call = task->call[op];
	int inflight = (int)task->inflight[op];
	uint64_t completed = 0;

	for (unsigned int i = 0; i < OUTCOMES && call; i++)
		completed += call->outcome[i];
	return inflight > 0 && !task->exited ? (uint64_t)inflight : completed > 0;
}

/* Adds what call op, or a kind of requests, tells. */
static void add_op(struct way_time *time, struct way_time *weak, const struct task_sums *task,
		   unsigned int op)
{
	enum way way = ops[op].traits.mux_way;
	uint64_t requests;

	switch (ops[op].traits.op_class) {
	case CLASS_READ:
	case CLASS_ACCEPT:
	case CLASS_CONNECT:
		add_own(time, weak, task, op);
		break;
	case CLASS_WRITE:
		add_write(time, weak, task, op);
		break;
	case CLASS_MUX:
		if (way == WAY_EPOLL_LT && task->registered == WAY_EPOLL_ET)
			way = WAY_EPOLL_ET;
		add(time, way, op, time_in(task, op), 0);
		break;
	case CLASS_ASYNC:
		add(time, way, op, time_in(task, op), 0);
		break;
	case CLASS_SIGNAL:
		add(time, task->async ? WAY_SIGNAL : WAY_NONE, op, time_in(task, op), 0);
		break;
	case CLASS_REQUEST:
		/* Each is like a thread that waits: nobody's time, but what is waited for. */
		requests = requests_of(task, op);
		add(time, way, op, requests * task_life(task), requests);
		break;
	}
}

/* Of the time in a kind of mux calls, so much (ns) was on a single descriptor: that is to block. */
static void wait_alone(struct way_time *time, enum way way, uint64_t ns)
{
	if (ns > time[way].ns)
		ns = time[way].ns;
	time[way].ns -= ns;
	if (ns)
		add(time, WAY_BLOCKING, time[way].op, ns, 0);
}

/* The times of a task by enum way. */
void time_by_way(const struct task_sums *task, struct way_time time[WAYS],
		 struct way_time weak[WAYS])
{
	memset(time, 0, WAYS * sizeof(*time));
	memset(weak, 0, WAYS * sizeof(*weak));
	for (unsigned int op = 1; op < OPS; op++)
		if (ops[op].name)
			add_op(time, weak, task, op);
	wait_alone(time, WAY_SELECT, task->count[COUNT_ALONE_SELECT]);
	wait_alone(time, WAY_POLL, task->count[COUNT_ALONE_POLL]);
}
