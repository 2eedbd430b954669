/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * evidence.c - see evidence.h.
 *
 * What goes in: the books of threads. What comes out: evidence, which adds up. Pure: no kernel, no
 * clock, no I/O.
 */
#include "books/evidence.h"
#include "books/ops.h"
#include "common/bounded.h"
#include "common/clock.h"

/* The class of the call that a living thread is in, CLASS_APP for none that tells. */
static enum op_class class_in_flight(const struct thread *t)
{
	const struct op_traits *traits = &ops[clock_call(t) % MAX_OPS].traits;

	if (t->state != THREAD_LIVE)
		return CLASS_APP;
	/* As in shape_mux(): to poll one descriptor is to wait for it. */
	if (traits->op_class == CLASS_MUX && traits->mux_way == WAY_POLL && t->arg <= 1)
		return CLASS_APP;
	return (enum op_class)traits->op_class;
}

/* Adds what a thread that reads sockets tells. */
static void note_reader(struct shape_evidence *e, const struct thread *t, bool mux, bool accepts)
{
	if (mux) {
		e->loops++;
		e->accepting_loops += accepts;
		e->loop_reads += t->count[COUNT_SOCKET_READS];
		e->loop_connections += t->count[COUNT_CONNECTIONS];
	} else {
		e->workers++;
		e->accepting_workers += accepts;
		e->worker_reads += t->count[COUNT_SOCKET_READS];
		e->worker_connections += t->count[COUNT_CONNECTIONS];
	}
	e->fresh += !t->adopted && t->count[COUNT_CONNECTIONS] == 1 && !accepts;
}

/* Adds what a thread's books tell. */
void evidence_note(struct shape_evidence *e, const struct thread *t)
{
	enum op_class in_flight = class_in_flight(t);
	bool mux = t->count[COUNT_MUX_READY] || in_flight == CLASS_MUX;
	uint64_t accepts = 0;

	for (int way = 0; way < WAYS; way++)
		accepts += t->count[COUNT_ACCEPTS + way];
	e->threads++;
	if (t->count[COUNT_CONNECTIONS])
		note_reader(e, t, mux, accepts || in_flight == CLASS_ACCEPT);
	else if (mux)
		e->pollers++;
	else if (accepts || in_flight == CLASS_ACCEPT)
		e->accepters++;
	e->ready += t->count[COUNT_MUX_READY];
	e->accepts += accepts;
	if (!e->listener)
		e->listener = t->listener;
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
	if (!to->listener)
		to->listener = from->listener;
	if (!to->child_listener)
		to->child_listener = from->child_listener;
}

/* Whether a process was born since the attach and serves what another one has accepted. */
bool evidence_is_served_child(const struct shape_evidence *e)
{
	return e->parent && !e->adopted && !e->accepts && e->loops + e->workers > 0;
}
