/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * evidence.c - see evidence.h.
 *
 * What goes in: the books of threads. What comes out: evidence, which adds up. Pure: no kernel, no
 * clock, no I/O.
 */
#include "books/evidence.h"
#include "books/loop_sleep.h"
#include "books/ops.h"
#include "common/bounded.h"
#include "common/clock.h"

/* The class of the call that a living thread is in, CLASS_APP for none that tells. */
static enum op_class class_in_flight(const struct thread *t)
{
	const struct op_traits *traits = &ops[clock_call(t) % MAX_OPS].traits;

	if (t->state != THREAD_LIVE)
		return CLASS_APP;
	if (traits->op_class == CLASS_MUX && !watches_many(t, traits->mux_way))
		return CLASS_APP;
	return (enum op_class)traits->op_class;
}

/* What one thread tells: */
struct told {
	bool mux;	/* a mux call of its own said ready, or it waits in one */
	bool accepts;	/* it accepts, waits to, or takes datagrams of anybody */
	uint64_t reads; /* of sockets */
	uint64_t connections;
	uint64_t by_epoll; /* reads of anything of which epoll told */
	bool born;	   /* since the attach */
};

/* Adds what a thread tells to that of readers. */
static void note_reader(struct readers *r, const struct told *t)
{
	if (!t->connections) {
		r->pollers += t->mux;
		r->accepters += !t->mux && t->accepts;
		return;
	}
	if (t->mux) {
		r->loops++;
		r->accepting_loops += t->accepts;
		r->loop_reads += t->reads;
		r->loop_connections += t->connections;
	} else {
		r->workers++;
		r->accepting_workers += t->accepts;
		r->worker_reads += t->reads;
		r->worker_connections += t->connections;
		r->worker_told += t->by_epoll;
	}
	r->fresh += t->born && t->connections == 1 && !t->accepts;
}

/* Whether a thread is, or was, in call op. */
static bool has_been_in(const struct thread *t, unsigned int op)
{
	const __u64 *ns = t->ns[op];

	return t->op == op || ns[PHASE_WAIT] + ns[PHASE_RUNQ] + ns[PHASE_CPU] + ns[PHASE_COPY] > 0;
}

/* Whether a thread is one that the kernel made for io_uring. */
static bool is_kernel_worker(const struct thread *t)
{
	return has_been_in(t, OP_WORKER);
}

/* Whether a thread uses io_uring. The requests may all be submitted and completed by a thread of
 * the kernel: then it only waits for them. */
static bool uses_uring(const struct thread *t)
{
	return t->uring || has_been_in(t, OP_IO_URING_ENTER);
}

/* Adds the epoll set that threads wait on; 0: none. */
static void note_set(struct shape_evidence *e, uint32_t set)
{
	e->sets |= e->epoll_set && set && set != e->epoll_set;
	if (!e->epoll_set)
		e->epoll_set = set;
}

/* The same of the list that loops poll. */
static void note_list(struct shape_evidence *e, uint32_t list)
{
	e->lists |= e->poll_list && list && list != e->poll_list;
	if (!e->poll_list)
		e->poll_list = list;
}

/* The same of the place where workers accept by themselves, or take datagrams. */
static void note_place(struct shape_evidence *e, uint64_t place)
{
	e->workers_apart |= e->workers_at && place && place != e->workers_at;
	if (!e->workers_at)
		e->workers_at = place;
}

/* The time (ns) that a thread has waited in select and poll of several descriptors. */
static uint64_t list_wait(const struct thread *t)
{
	uint64_t wait = 0;

	for (unsigned int op = OP_SELECT; op <= OP_PPOLL; op++)
		wait += t->ns[op][PHASE_WAIT];
	return less(wait, sleep_alone_ever(t));
}

/* Adds how a loop waits, if that is in select or poll. */
static void note_list_loop(struct shape_evidence *e, const struct thread *t)
{
	bool lists = false;

	for (unsigned int op = OP_SELECT; op <= OP_PPOLL; op++)
		lists |= has_been_in(t, op);
	e->list_loops += lists;
	e->list_wait += list_wait(t);
	if (t->since - t->born > e->longest)
		e->longest = t->since - t->born;
	note_list(e, t->poll_list);
}

/* Whether a thread has waited for connections, or for what several descriptors tell. */
static bool has_waited(const struct thread *t)
{
	for (unsigned int op = 1; op < OPS_TIMED; op++) {
		unsigned int op_class = ops[op].traits.op_class;

		if ((op_class == CLASS_ACCEPT || op_class == CLASS_MUX ||
		     op_class == CLASS_ASYNC) &&
		    has_been_in(t, op))
			return true;
	}
	return false;
}

/*
 * Whether a thread that has made mux calls is none that multiplexes: most of its reads slept for
 * their data, or waited for it in a call on their descriptor alone.
 */
static bool mostly_blocks(const __u64 *reads)
{
	uint64_t all = 0;

	for (int way = 0; way < WAYS; way++)
		all += reads[way];
	return 2 * (reads[WAY_BLOCKING] + reads[WAY_SELECT_ONE] + reads[WAY_POLL_ONE]) > all;
}

/* Adds what a thread of the program tells. */
static void note_thread(struct shape_evidence *e, const struct thread *t, uint64_t accepts)
{
	enum op_class in_flight = class_in_flight(t);
	const __u64 *reads = &t->count[COUNT_READS];
	struct told told = {
		.mux = (t->count[COUNT_MUX_READY] || in_flight == CLASS_MUX) &&
		       !mostly_blocks(reads),
		.accepts = accepts || in_flight == CLASS_ACCEPT || t->count[COUNT_ANYBODY],
		.reads = t->count[COUNT_SOCKET_READS],
		.connections = t->count[COUNT_CONNECTIONS],
		.by_epoll = reads[WAY_EPOLL_LT] + reads[WAY_EPOLL_ET],
		.born = !t->adopted,
	};

	e->threads += t->again == AGAIN_NOT;
	e->anybody += t->count[COUNT_ANYBODY];
	e->uring_threads += uses_uring(t);
	e->waiters += has_waited(t);
	note_reader(&e->all, &told);
	told.reads = t->count[COUNT_SERVED_READS];
	told.connections = t->count[COUNT_SERVED];
	note_reader(&e->served, &told);
	note_set(e, t->epoll_set);
	if (!told.mux && t->count[COUNT_SERVED])
		note_place(e, t->accepts_at		? t->accepts_at
			      : t->count[COUNT_ANYBODY] ? t->listener
							: 0);
	if (told.mux && t->count[COUNT_CONNECTIONS])
		note_list_loop(e, t);
}

/* Adds what a thread's books tell. */
void evidence_note(struct shape_evidence *e, const struct thread *t)
{
	uint64_t accepts = 0;

	for (int way = 0; way < WAYS; way++)
		accepts += t->count[COUNT_ACCEPTS + way];
	if (is_kernel_worker(t)) {
		e->kernel_reads += t->count[COUNT_SOCKET_READS];
		e->kernel_connections += t->count[COUNT_CONNECTIONS];
	} else {
		note_thread(e, t, accepts);
	}
	e->ready += t->count[COUNT_MUX_READY];
	e->accepts += accepts;
	e->answered += t->count[COUNT_CONNS_EVER + SIDE_SERVER];
	e->takers += t->taken == TAKEN_HERE;
	e->given += t->taken == TAKEN_BY_PARENT;
	if (!e->listener)
		e->listener = t->listener;
	if (!e->accepts_at)
		e->accepts_at = t->accepts_at;
	if (t->tid == t->tgid) {
		e->parent = (pid_t)t->parent;
		e->adopted |= t->adopted;
	}
}

/* Adds what other threads of the same process told. */
void evidence_join(struct shape_evidence *to, const struct shape_evidence *from)
{
	for (unsigned int i = 0; i < EVIDENCE_SUMS; i++)
		to->sum[i] += from->sum[i];
	if (from->parent)
		to->parent = from->parent;
	to->adopted |= from->adopted;
	note_set(to, from->epoll_set);
	to->sets |= from->sets;
	note_list(to, from->poll_list);
	to->lists |= from->lists;
	note_place(to, from->workers_at);
	to->workers_apart |= from->workers_apart;
	if (from->longest > to->longest)
		to->longest = from->longest;
	if (!to->listener)
		to->listener = from->listener;
	if (!to->accepts_at)
		to->accepts_at = from->accepts_at;
	if (!to->child_listener)
		to->child_listener = from->child_listener;
}

/* Whether a process may be there for what its parent has accepted: it was born since the attach,
 * and accepts nothing itself but what belongs to that, as a session of FTP does. */
static bool may_be_served(const struct shape_evidence *e)
{
	bool accepts = e->accepts || e->takers;

	return e->parent && !e->adopted && (!accepts || e->accepts_apart || e->given);
}

/* Whether a process was born since the attach and reads what another one has accepted, or has a
 * child that does. */
bool evidence_is_served_child(const struct shape_evidence *e)
{
	return may_be_served(e) && e->all.loops + e->all.workers + e->child_readers > 0;
}

/* The same, if it is known that what is read are connections of clients. */
bool evidence_serves(const struct shape_evidence *e)
{
	return may_be_served(e) && e->served.loops + e->served.workers + e->child_servers > 0;
}
