/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * model.c - which I/O model a task uses.
 *
 * What goes in: how many reads and accepts were done in which way, and where the time went. What
 * comes out: a row of the table of models, and what it rests on. Pure: no kernel, no clock, no I/O.
 */
#include <string.h>

#include "judge/model.h"
#include "judge/way_time.h"
#include "books/ops.h"
#include "books/snapshot.h"

enum {
	NEARLY = 10, /* times that differ by less than this part of the larger are equal */
	SMALL = 10,  /* the part of a thread's life below which it is asleep all of it */
	FEW = 10,    /* calls; fewer are little to go by */
};

/*
 * In the order of the rules that name the model of one read (see docs/rooms/judge.md). A further
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

/* The model of a read of that way. */
const struct model *model_of_read(enum way way)
{
	if (way == WAY_NONE)
		return NULL;
	if (way == WAY_SELECT_ONE || way == WAY_POLL_ONE)
		way = WAY_BLOCKING;
	return model_of_way(way);
}

/* What counts for the model of a way: for blocking also what waited for its one descriptor before.
 */
static uint64_t count_of(const __u64 count[WAYS], enum way way)
{
	if (way == WAY_BLOCKING)
		return count[way] + count[WAY_SELECT_ONE] + count[WAY_POLL_ONE];
	return count[way];
}

/* Decides by counts per way; false if they are all 0. */
static bool decide_by_counts(struct model_decision *d, const __u64 count[WAYS])
{
	d->after_select = count[WAY_SELECT_ONE];
	d->after_poll = count[WAY_POLL_ONE];
	for (size_t i = 0; i < models_count; i++) {
		struct model_share share = {&models[i], count_of(count, models[i].way)};
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
	d->little = d->count && d->count < FEW;
	return d->shares > 0;
}

/* Decides by the writes of a task, where most time is in these; if they were not counted, nothing.
 */
static void decide_by_writes(struct model_decision *d, const struct task_sums *task)
{
	__u64 count[WAYS] = {0};

	memcpy(count, &task->count[COUNT_WRITES], WRITE_WAYS * sizeof(*count));
	if (decide_by_counts(d, count))
		d->basis = BASIS_WRITES;
}

/*
 * Decides by where the time went, or the weaker part of it. Of ways that took as good as equally
 * much, the earlier row wins: a thread asleep in either of two calls all the time is there for a
 * little less than all of it.
 */
static bool decide_by_time(struct model_decision *d, const struct task_sums *task, bool weak)
{
	struct way_time times[2][WAYS];
	const struct way_time *time = times[weak];
	uint64_t most = 0;

	time_by_way(task, times[false], times[true]);
	for (int way = 0; way < WAYS; way++)
		if (time[way].ns > most)
			most = time[way].ns;
	for (size_t i = 0; i < models_count && most; i++) {
		const struct way_time *t = &time[models[i].way];

		if (models[i].way == WAY_NONE || t->ns < most - most / NEARLY)
			continue;
		d->basis = BASIS_TIME;
		d->model = &models[i];
		d->ns = t->ns;
		d->wall = task->wall;
		d->call = ops[t->op].name;
		d->requests = t->requests;
		d->little = t->ns < task_life(task) / SMALL;
		if (ops[t->op].traits.op_class == CLASS_WRITE)
			decide_by_writes(d, task);
		break;
	}
	return most > 0;
}

/*
 * Whether a task waits for I/O signals, by no call that tells so: it has asked for them, and is in
 * I/O calls for a small part of a thread's life at most, as when a signal led to a read of nothing.
 */
static bool awaits_signal(const struct task_sums *task)
{
	struct way_time time[WAYS], weak[WAYS];
	uint64_t ns = 0;

	time_by_way(task, time, weak);
	for (int way = 0; way < WAYS; way++)
		ns += way == WAY_SIGNAL ? 0 : time[way].ns + weak[way].ns;
	/* The kernel gives a signal for the process to its main thread if that does not block it.
	 */
	return task->async && !time[WAY_SIGNAL].ns && ns <= task_life(task) / SMALL &&
	       (!task->tid || task->tid == task->pid);
}

/* Decides by the reads of a task, or by its accepts; false if it has none. */
static bool decide_by_calls(struct model_decision *d, const struct task_sums *task,
			    enum model_basis basis)
{
	unsigned int first = basis == BASIS_READS ? COUNT_READS : COUNT_ACCEPTS;

	bool decided = decide_by_counts(d, &task->count[first]);

	if (!decided && task->ever)
		decided = d->before = decide_by_counts(d, &task->ever->count[first]);
	if (decided)
		d->basis = basis;
	return decided;
}

/*
 * The model of a task. What it has read in the window decides, else what it has read before, else
 * its accepts likewise; without any, where its time went, or that it has asked for I/O signals.
 */
struct model_decision model_decide(const struct task_sums *task)
{
	struct model_decision d = {.model = model_of_way(WAY_NONE)};

	if (decide_by_calls(&d, task, BASIS_READS) || decide_by_calls(&d, task, BASIS_ACCEPTS))
		return d;
	if (awaits_signal(task)) {
		d.basis = BASIS_ASYNC;
		d.model = model_of_way(WAY_SIGNAL);
	} else if (!decide_by_time(&d, task, false)) {
		d.before = task->ever && decide_by_time(&d, task->ever, false);
		if (!d.before && !decide_by_time(&d, task, true))
			d.before = task->ever && decide_by_time(&d, task->ever, true);
	}
	return d;
}
