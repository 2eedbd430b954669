/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shape.c - the shape of the threads of a process: one per connection, a pool, event loops ...
 *
 * What goes in: evidence. What comes out: a row of the table of shapes, or none where the evidence
 * does not tell. Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/families.h"
#include "judge/shape.h"

enum {
	MANY = 1000, /* so many processes per connection are proof; older ones may be forgotten */
	GENERATIONS = 8, /* between who accepts and who reads, at most */
	NEARLY = 10,	 /* times that differ by this part are equal */
};

/* How many connections were accepted: not all may be seen, but their children have them. */
static uint64_t accepted(const struct shape_evidence *e)
{
	return e->accepts > e->child_given ? e->accepts : e->child_given;
}

/*
 * How many clients were taken in, if nothing else was read of clients: the connections that were
 * accepted, or, where none was, the first datagrams of transfers, which are answered from sockets
 * of their own. 0: some were read, too. Older children may be forgotten: MANY is enough.
 */
static uint64_t taken_in(const struct shape_evidence *e)
{
	uint64_t read = e->loop_reads + e->worker_reads;
	uint64_t all = accepted(e) ? accepted(e) : e->anybody;

	if (accepted(e) ? e->loops + e->workers : read != e->anybody)
		return 0;
	return all < MANY ? all : MANY;
}

/* A parent that only takes them in, and a child for at least every other client. */
static uint64_t count_process_per_connection(const struct shape_evidence *e)
{
	uint64_t clients = taken_in(e);

	if (e->child_readers < 2 || !clients)
		return 0;
	return 2ULL * e->child_readers >= clients ? e->child_readers : 0;
}

/*
 * A parent that neither accepts nor reads, and children whose clients come in at one place. Where
 * none of them is seen to accept, for all have connections that last, the parent must not be one
 * that might have accepted these: it waits for none.
 */
static uint64_t count_prefork(const struct shape_evidence *e)
{
	if (e->loops + e->workers || accepted(e) || e->child_workers < 2)
		return 0;
	return e->child_accepters || !e->waiters ? e->child_workers : 0;
}

/*
 * Whether more threads have one connection each than were accepted since they are there: then some
 * share one. Each thread that accepts may have had one in hand when we attached.
 */
static bool share_connections(const struct shape_evidence *e)
{
	uint64_t in_hand = e->accepters + e->accepting_loops + e->accepting_workers;
	/* Not all accepts may be seen: without hooks on calls those that sleep are. */
	uint64_t known = e->accepts > e->answered ? e->accepts : e->answered;

	return e->accepts && e->fresh > known + in_hand;
}

/*
 * Where no accept was seen, whether so many more threads have one connection each than connections
 * were answered that some may share one: or theirs are not answered, which looks the same.
 */
static bool may_share_connections(const struct shape_evidence *e)
{
	return !e->accepts && e->answered && e->fresh > 2 * e->answered;
}

/* Whether epoll has told others of most of what the workers read: a thread that has a connection
 * for itself needs nobody who waits for it. */
static bool others_wait(const struct shape_evidence *e)
{
	return e->pollers && 2 * e->worker_told > e->worker_reads;
}

/* Most readers, and one for at least every other connection, are born for that connection. */
static uint64_t count_thread_per_connection(const struct shape_evidence *e)
{
	uint64_t fresh = e->fresh;

	if (fresh < 2 || 2 * fresh < e->accepts || 2 * fresh < e->loops + e->workers ||
	    2 * fresh < e->anybody)
		return 0;
	return share_connections(e) || may_share_connections(e) || others_wait(e) ? 0 : fresh;
}

/* Whether those who read most are threads that do not multiplex. */
static bool workers_read(const struct shape_evidence *e)
{
	return e->worker_reads > e->loop_reads;
}

/*
 * One or more threads find out which connections are ready, others read them, whichever comes. An
 * acceptor that waits in a mux is no poller: it learns of each connection once. Workers that
 * accept, too, are those of a pool, unless epoll has told of what they read.
 */
static uint64_t count_poller_workers(const struct shape_evidence *e)
{
	if (!workers_read(e) || e->loops + e->pollers == 0)
		return 0;
	if (e->accepting_workers && 2 * e->worker_told < e->worker_reads)
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

/* The same, and several threads take turns on one epoll set, or on one list that they poll. */
static uint64_t count_shared_event_loop(const struct shape_evidence *e)
{
	uint64_t loops = count_event_loop(e);
	bool one_list = e->poll_list && !e->lists && e->list_loops > 1;

	if (e->epoll_set ? e->sets : !one_list)
		return 0;
	return loops > 1 ? loops : 0;
}

/*
 * The same, and they may do so: they use select, or lists that are made anew for each poll, and no
 * two of them were seen to wait at a time.
 */
static uint64_t count_unclear_event_loop(const struct shape_evidence *e)
{
	uint64_t loops = count_event_loop(e);

	if (loops < 2 || e->epoll_set || e->list_loops < 2)
		return 0;
	return e->list_wait <= e->longest + e->longest / NEARLY ? loops : 0;
}

/*
 * Threads that have read two connections each on average, one after the other, or share some. Those
 * who take their clients at places of their own have nothing to do with each other.
 */
static uint64_t count_thread_pool(const struct shape_evidence *e)
{
	if (e->workers < 2 || !workers_read(e) || e->workers_apart)
		return 0;
	if (e->worker_connections < 2ULL * e->workers && !share_connections(e))
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
	 count_process_per_connection, false},
	{"prefork", "pre-forked workers,", "process", "processes", NULL, count_prefork, false},
	{"thread-per-connection", "one thread per connection,", "seen", "seen",
	 "each with a thread per connection", count_thread_per_connection, false},
	{"poller-workers", "poller plus workers,", "worker", "workers",
	 "each a poller plus workers", count_poller_workers, false},
	{"shared-event-loop", "event loop,", "thread shares one set", "threads share one set",
	 "each an event loop", count_shared_event_loop, true},
	{"event-loop", "event loop,", "thread", "threads", "each an event loop",
	 count_unclear_event_loop, false},
	{"event-loop", "event loop,", "loop", "loops", "each an event loop", count_event_loop,
	 false},
	{"thread-pool", "thread pool of", "thread", "threads", "each a thread pool",
	 count_thread_pool, false},
	{"single", "single thread", NULL, NULL, "each a single thread", count_single, false},
};

const size_t shapes_count = ARRAY_SIZE(shapes);

enum {
	PROCESS_PER_CONNECTION, /* rows above that are about families */
	PREFORK,
	FAMILIES,
};

/*
 * The evidence as the rules see it. Where connections of clients are read, by the process or by its
 * children, those alone tell: what else is read there, of upstreams, of pipes to wake up by, of a
 * monitor, is not served. What kernel workers of io_uring have read is read by the threads that
 * asked for it: they are told what was read, as a loop is. Who has a thread for every other
 * datagram of anybody reads its clients there, from sockets that are connected to them.
 */
static struct shape_evidence view_of(const struct shape_evidence *e)
{
	struct shape_evidence view = *e;

	bool transfers = !e->accepts && e->anybody && 2 * e->all.fresh >= e->anybody;

	if (e->served.loops + e->served.workers + e->child_servers && !transfers)
		view.all = e->served;
	if (e->child_servers)
		view.child_readers = e->child_servers;
	if (e->kernel_reads && e->uring_threads && !view.loops) {
		view.loops = e->uring_threads;
		view.loop_reads = e->kernel_reads;
		view.loop_connections = e->kernel_connections;
		view.accepting_loops = e->accepts > 0;
	}
	return view;
}

/* The first shape whose rule holds, of those from row `from` on. */
static struct shape_decision decide_from(size_t from, const struct shape_evidence *e)
{
	struct shape_evidence view = view_of(e);

	for (size_t i = from; i < shapes_count; i++) {
		uint64_t count = shapes[i].count(&view);

		if (count)
			return (struct shape_decision){.shape = &shapes[i], .count = count};
	}
	return (struct shape_decision){0};
}

/* What is known of a process on the way to its shape. */
struct shaping {
	struct shape_decision own; /* by its own evidence */
	const struct shape
		*each; /* the shape that all its pre-forked workers have by themselves, */
	bool differ;   /* unless they differ, or do not tell */
};

/* The place of a process in the list, which has it. */
static size_t place_of(const struct task_list *processes, const struct task_sums *process)
{
	size_t low = 0, high = processes->count;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->task[middle]->pid <= process->pid)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Tells the parent of a pre-forked worker which shape that has by itself. */
static void note_worker(struct shaping *shaping, const struct task_list *processes,
			const struct task_sums *worker)
{
	const struct task_sums *parent = families_parent(worker, processes);
	const struct shape *own;
	struct shaping *p;

	if (!parent || worker->evidence.listener != parent->evidence.child_listener)
		return;
	own = decide_from(FAMILIES, &worker->evidence).shape;
	p = &shaping[place_of(processes, parent)];
	p->differ |= !own || (p->each && strcmp(own->each, p->each->each));
	p->each = own;
}

/*
 * The process whose family a process is of: its parent, or, where that serves one connection by
 * its children, the parent of that one; NULL if it has none.
 */
static const struct task_sums *head_of(const struct task_sums *process,
				       const struct task_list *processes)
{
	const struct task_sums *parent = families_parent(process, processes);

	for (int i = 0; i < GENERATIONS && parent && evidence_serves(&parent->evidence); i++) {
		const struct task_sums *next = families_parent(parent, processes);

		if (!next)
			break;
		parent = next;
	}
	return parent;
}

/* Whether a child is what makes its family's shape, and has none that tells more. */
static bool belongs_to(const struct shape_evidence *e, const struct shape *own,
		       const struct task_sums *head, const struct shape *family)
{
	bool is_single = own && own->count == count_single;
	struct shape_evidence view = view_of(e);

	if (family == &shapes[PROCESS_PER_CONNECTION])
		return evidence_is_served_child(e) &&
		       (is_single || view.loop_connections + view.worker_connections <= 1);
	return family == &shapes[PREFORK] && is_single &&
	       e->listener == head->evidence.child_listener;
}

/* The shape of a process by its own evidence, with that of its workers. */
static struct shape_decision own_of(const struct shaping *s)
{
	struct shape_decision own = s->own;

	if (own.shape == &shapes[PREFORK] && !s->differ)
		own.each = s->each;
	return own;
}

/* The shapes of all processes of the list, in its order: to be freed by free(). */
struct shape_decision *shapes_decide(const struct task_list *processes)
{
	struct shape_decision *decisions = xcalloc(processes->count, sizeof(*decisions));
	struct shaping *shaping = xcalloc(processes->count, sizeof(*shaping));

	for (size_t i = 0; i < processes->count; i++) {
		const struct task_sums *process = processes->task[i];

		/* Under pid 0 all are summed that there was no room for. */
		if (process->pid)
			shaping[i].own = decide_from(PROCESS_PER_CONNECTION, &process->evidence);
		note_worker(shaping, processes, process);
	}
	for (size_t i = 0; i < processes->count; i++) {
		const struct task_sums *process = processes->task[i];
		const struct task_sums *head = head_of(process, processes);
		struct shape_decision family = {0};

		decisions[i] = own_of(&shaping[i]);
		if (head)
			family = own_of(&shaping[place_of(processes, head)]);
		if (family.shape && process->pid &&
		    belongs_to(&process->evidence, decisions[i].shape, head, family.shape))
			decisions[i] = family;
	}
	free(shaping);
	return decisions;
}
