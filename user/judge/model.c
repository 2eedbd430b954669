/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * model.c - which I/O model a task uses.
 *
 * What goes in: how many reads and accepts were done in which way, and what is in flight. What
 * comes out: a row of the table of models, and what it rests on. Pure: no kernel, no clock, no I/O.
 */
#include "judge/model.h"
#include "books/ops.h"
#include "books/snapshot.h"

/*
 * In the order of the rules that name the model of one read (see docs/ARCHITECTURE.md). A further
 * model is a further row, in its rule's place.
 */
const struct model models[] = {
	{"io_uring", "asynchronous: io_uring", "io_uring", WAY_IO_URING},
	{"linux-aio", "asynchronous: Linux AIO", "Linux AIO", WAY_LINUX_AIO},
	{"posix-aio", "asynchronous: POSIX AIO, by helper threads", "POSIX AIO", WAY_POSIX_AIO},
	{"blocking", "blocking", "blocking", WAY_BLOCKING},
	{"signal-driven", "signal-driven", "signal-driven", WAY_SIGNAL},
	{"select", "multiplexing: select", "select", WAY_SELECT},
	{"poll", "multiplexing: poll", "poll", WAY_POLL},
	{"epoll-lt", "multiplexing: epoll, level-triggered", "level-triggered epoll", WAY_EPOLL_LT},
	{"epoll-et", "multiplexing: epoll, edge-triggered", "edge-triggered epoll", WAY_EPOLL_ET},
	{"nonblocking", "non-blocking polling", "non-blocking", WAY_NONBLOCKING},
	{"idle", "idle", "idle", WAY_NONE},
};

const size_t models_count = ARRAY_SIZE(models);

_Static_assert(ARRAY_SIZE(models) <= MODELS_MAX, "a decision has room for every model");

/* The row for a way; the last row, idle, for WAY_NONE. */
static const struct model *model_of_way(enum way way)
{
	const struct model *m = models;

	while (m->way != way && m->way != WAY_NONE)
		m++;
	return m;
}

/* Decides by counts per way; false if they are all 0. */
static bool decide_by_counts(struct model_decision *d, const __u64 count[WAYS])
{
	for (size_t i = 0; i < models_count; i++) {
		struct model_share share = {&models[i], count[models[i].way]};
		unsigned int place = d->shares;

		if (models[i].way == WAY_NONE || !share.count)
			continue;
		/* Equal ones stay in the order of the table. */
		for (; place > 0 && d->share[place - 1].count < share.count; place--)
			d->share[place] = d->share[place - 1];
		d->share[place] = share;
		d->shares++;
		d->count += share.count;
	}
	if (d->shares)
		d->model = d->share[0].model;
	return d->shares > 0;
}

/* The way in which a task reads when it waits in call op, or has made requests, WAY_NONE if that
 * does not tell. */
static enum way way_of_waiting(const struct task_sums *task, unsigned int op)
{
	enum way way = ops[op].traits.mux_way;

	switch (ops[op].traits.op_class) {
	case CLASS_READ:
		/* Which descriptor it waits for is not known here. */
		if (task->async && task->signalfd)
			return WAY_SIGNAL;
		return 2 * task->inflight_aio > task->inflight[op] ? WAY_POSIX_AIO : WAY_BLOCKING;
	case CLASS_ACCEPT:
	case CLASS_CONNECT:
		return WAY_BLOCKING;
	case CLASS_ASYNC:
	case CLASS_REQUEST:
		return way;
	case CLASS_SIGNAL:
		return task->async ? WAY_SIGNAL : WAY_NONE;
	case CLASS_MUX:
		if (way == WAY_EPOLL_LT && task->registered == WAY_EPOLL_ET)
			return WAY_EPOLL_ET;
		return way;
	}
	return WAY_NONE;
}

/* Decides by the call that most threads wait in; false if none waits in one that tells. */
static bool decide_by_waiting(struct model_decision *d, const struct task_sums *task)
{
	for (unsigned int op = 1; op < OPS; op++) {
		enum way way = ops[op].name ? way_of_waiting(task, op) : WAY_NONE;
		const struct model *model = model_of_way(way);
		uint64_t waiting = task->inflight[op];

		if (way == WAY_NONE || waiting < d->count || !waiting)
			continue;
		if (waiting == d->count && model >= d->model)
			continue;
		d->model = model;
		d->count = waiting;
		d->call = ops[op].name;
		d->requests = ops[op].traits.op_class == CLASS_REQUEST;
	}
	return d->count > 0;
}

/* Whether a task that waits in no I/O call waits for an I/O signal. */
static bool awaits_signal(const struct task_sums *task)
{
	/* The kernel gives a signal for the process to its main thread if that does not block it.
	 */
	return task->async && (!task->tid || task->tid == task->pid);
}

/* The model of a task: by its reads, else its accepts, else what its threads wait in, else whether
 * it has asked for I/O signals. */
struct model_decision model_decide(const struct task_sums *task)
{
	struct model_decision d = {.model = model_of_way(WAY_NONE)};

	if (decide_by_counts(&d, &task->count[COUNT_READS]))
		d.basis = BASIS_READS;
	else if (decide_by_counts(&d, &task->count[COUNT_ACCEPTS]))
		d.basis = BASIS_ACCEPTS;
	else if (decide_by_waiting(&d, task))
		d.basis = BASIS_WAITING;
	else if (awaits_signal(task))
		d = (struct model_decision){.model = model_of_way(WAY_SIGNAL),
					    .basis = BASIS_ASYNC};
	return d;
}
