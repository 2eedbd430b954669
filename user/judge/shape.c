/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shape.c - the shape of the threads of a process: one per connection, a pool, event loops ...
 *
 * What goes in: evidence. What comes out: a row of the table of shapes, or none where the evidence
 * does not tell. Pure: no kernel, no clock, no I/O.
 */
#include "books/families.h"
#include "judge/shape.h"

enum {
	MANY = 1000, /* so many processes per connection are proof; older ones may be forgotten */
};

/* A parent that accepts and reads nothing, and a child for at least every other connection. */
static uint64_t count_process_per_connection(const struct shape_evidence *e)
{
	uint64_t accepts = e->accepts < MANY ? e->accepts : MANY;

	if (e->loops + e->workers || e->child_readers < 2 || !accepts)
		return 0;
	return 2ULL * e->child_readers >= accepts ? e->child_readers : 0;
}

/* A parent that neither accepts nor reads, and children that accept on one socket. */
static uint64_t count_prefork(const struct shape_evidence *e)
{
	if (e->loops + e->workers || e->accepts || e->child_accepters < 2)
		return 0;
	return e->child_accepters;
}

/* Most readers, and one for at least every other connection, are born for that connection. */
static uint64_t count_thread_per_connection(const struct shape_evidence *e)
{
	uint64_t fresh = e->fresh;

	if (fresh < 2 || 2 * fresh < e->accepts || 2 * fresh < e->loops + e->workers)
		return 0;
	return fresh;
}

/* Whether those who read most are threads that do not multiplex. */
static bool workers_read(const struct shape_evidence *e)
{
	return e->worker_reads > e->loop_reads;
}

/*
 * One or more threads find out which connections are ready, others read them, whichever comes. An
 * acceptor that waits in a mux is no poller: it learns of each connection once.
 */
static uint64_t count_poller_workers(const struct shape_evidence *e)
{
	if (!workers_read(e) || e->accepting_workers || e->loops + e->pollers == 0)
		return 0;
	if (e->worker_connections < 2ULL * e->workers || 2 * e->ready <= 3 * e->accepts)
		return 0;
	return e->workers;
}

/*
 * The threads that read are told by their own mux what is ready. With several threads one of them
 * must have served more than one connection, or each might be there for its own.
 */
static uint64_t count_event_loop(const struct shape_evidence *e)
{
	if (!e->loops || workers_read(e))
		return 0;
	if (e->threads > 1 && !e->accepting_loops && e->loop_connections <= e->loops)
		return 0;
	return e->loops;
}

/* Threads that have read two connections each on average, one after the other. */
static uint64_t count_thread_pool(const struct shape_evidence *e)
{
	if (e->workers < 2 || !workers_read(e) || e->worker_connections < 2ULL * e->workers)
		return 0;
	/* Where those who read accept by themselves, whoever accepts is one of them. */
	return e->accepting_workers ? e->workers + e->accepters : e->workers;
}

/* One thread does all of it; others, if there are any, do no such I/O. */
static uint64_t count_single(const struct shape_evidence *e)
{
	if (e->workers != 1 || e->loops || e->pollers || e->accepters)
		return 0;
	return e->threads == 1 || e->accepting_workers;
}

const struct shape shapes[] = {
	{"process-per-connection", "one process per connection,", "seen", "seen", NULL,
	 count_process_per_connection},
	{"prefork", "pre-forked workers,", "process", "processes", NULL, count_prefork},
	{"thread-per-connection", "one thread per connection,", "seen", "seen",
	 "each with a thread per connection", count_thread_per_connection},
	{"poller-workers", "poller plus workers,", "worker", "workers",
	 "each a poller plus workers", count_poller_workers},
	{"event-loop", "event loop,", "loop", "loops", "each an event loop", count_event_loop},
	{"thread-pool", "thread pool of", "thread", "threads", "each a thread pool",
	 count_thread_pool},
	{"single", "single thread", NULL, NULL, "each a single thread", count_single},
};

const size_t shapes_count = ARRAY_SIZE(shapes);

enum {
	PROCESS_PER_CONNECTION, /* rows above that are about families */
	PREFORK,
	FAMILIES,
};

/* The first shape whose rule holds, of those from row `from` on. */
static struct shape_decision decide_from(size_t from, const struct shape_evidence *e)
{
	for (size_t i = from; i < shapes_count; i++) {
		uint64_t count = shapes[i].count(e);

		if (count)
			return (struct shape_decision){.shape = &shapes[i], .count = count};
	}
	return (struct shape_decision){0};
}

/* The shape that all pre-forked workers have by themselves; NULL if they differ or do not tell. */
static const struct shape *shape_of_workers(const struct task_sums *parent,
					    const struct task_list *processes)
{
	const struct shape *each = NULL;

	for (size_t i = 0; i < processes->count; i++) {
		const struct shape_evidence *e = &processes->task[i]->evidence;
		const struct shape *own;

		if (e->parent != parent->pid || e->listener != parent->evidence.child_listener)
			continue;
		own = decide_from(FAMILIES, e).shape;
		if (!own || (each && own != each))
			return NULL;
		each = own;
	}
	return each;
}

/* Whether a child is what makes its parent's shape, and has none that tells more. */
static bool belongs_to(const struct shape_evidence *e, const struct shape *own,
		       const struct task_sums *parent, const struct shape *family)
{
	bool is_single = own && own->count == count_single;

	if (family == &shapes[PROCESS_PER_CONNECTION])
		return evidence_is_served_child(e) &&
		       (is_single || e->loop_connections + e->worker_connections == 1);
	return family == &shapes[PREFORK] && is_single &&
	       e->listener == parent->evidence.child_listener;
}

/* The shape of a process, which is one of the list. */
struct shape_decision shape_decide(const struct task_sums *process,
				   const struct task_list *processes)
{
	const struct task_sums *parent = families_parent(process, processes);
	struct shape_decision own, family = {0};

	/* Under pid 0 all are summed that there was no room for. */
	if (!process->pid)
		return family;
	own = decide_from(PROCESS_PER_CONNECTION, &process->evidence);
	if (own.shape == &shapes[PREFORK])
		own.each = shape_of_workers(process, processes);
	if (parent)
		family = decide_from(PROCESS_PER_CONNECTION, &parent->evidence);
	if (family.shape == &shapes[PREFORK])
		family.each = shape_of_workers(parent, processes);
	return family.shape && belongs_to(&process->evidence, own.shape, parent, family.shape)
		       ? family
		       : own;
}
