/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * timeline.c - see timeline.h. Threads, and the counters of processes.
 *
 * What goes in: where the hands of clocks stand, and since when. What comes out: slices. What a
 * thread does between two moves is told by the first one; that there was none between is told by
 * their numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "books/ops.h"
#include "judge/timeline.h"

struct timeline_thread {
	uint32_t tid, tgid; /* 0: the place is free */
	uint32_t track;
	uint32_t seq;	/* of the latest move */
	uint64_t since; /* ns: when that was */
	uint8_t op, phase;
	bool moved;  /* there was one, */
	bool unsure; /* as struct stream_event has it */
	bool open;   /* a slice of a call is begun, */
	uint8_t open_op;
	uint64_t open_to; /* and its phases are told until then (ns) */
	char comm[COMM_LEN];
};

/* A further track. */
uint32_t timeline_track(struct timeline *l)
{
	return ++l->tracks;
}

/* A time within the trace. */
uint64_t timeline_clip(const struct timeline *l, uint64_t at)
{
	if (at < l->from)
		return l->from;
	return l->to && at > l->to ? l->to : at;
}

/* What a call is called. */
const char *timeline_call_name(unsigned int op)
{
	if (op == OP_APP)
		return "app";
	if (op == OP_UNSEEN)
		return "not seen";
	return op < OPS_TIMED ? ops[op].name : NULL;
}

uint64_t timeline_until(const struct stream_batch *b)
{
	return b->to;
}

/* Whether a process comes before that pid. */
static bool is_before(const void *process, const void *pid)
{
	return ((const struct timeline_process *)process)->pid < *(const uint32_t *)pid;
}

/* Where a process is in the list, or would be. */
static size_t process_place(const struct timeline *l, uint32_t pid)
{
	return search_place(l->process, l->processes, sizeof(*l->process), &pid, is_before);
}

/* The process, which is told of if it is new. */
struct timeline_process *timeline_process_of(struct timeline *l, uint32_t pid,
					     const char comm[COMM_LEN])
{
	size_t place = process_place(l, pid);
	struct timeline_process *p;

	if (place < l->processes && l->process[place].pid == pid)
		return &l->process[place];
	if (l->processes == l->process_room) {
		l->process_room = l->process_room ? 2 * l->process_room : 16;
		l->process = xrealloc(l->process, l->process_room, sizeof(*l->process));
	}
	p = &l->process[place];
	memmove(p + 1, p, (l->processes - place) * sizeof(*p));
	l->processes++;
	*p = (struct timeline_process){.pid = pid, .track = timeline_track(l)};
	l->full |= !l->writer.process(l->writer.arg, p->track, pid, comm);
	return l->full ? NULL : p;
}

/* Adds to a counter of a process, if that is known. */
void timeline_count(struct timeline *l, uint32_t pid, enum timeline_counter which, int by)
{
	size_t place = process_place(l, pid);

	if (place < l->processes && l->process[place].pid == pid)
		l->process[place].value[which] += by;
}

/* Counts where a thread is, or is not any more. */
static void count_phase(struct timeline *l, const struct timeline_thread *t, int by)
{
	if (t->phase == PHASE_RUNQ)
		timeline_count(l, t->tgid, COUNTER_RUN_QUEUE, by);
	else if (t->phase != PHASE_WAIT)
		timeline_count(l, t->tgid, COUNTER_ON_CPU, by);
}

/* Tells the counters of processes that are not what they were told to be. */
static void tell_counters(struct timeline *l, uint64_t at)
{
	const struct timeline_writer *w = &l->writer;

	for (size_t i = 0; i < l->processes; i++) {
		struct timeline_process *p = &l->process[i];

		for (int c = 0; c < TIMELINE_COUNTERS && !l->full; c++) {
			if (p->value[c] == p->told[c])
				continue;
			if (!p->counter[c]) {
				p->counter[c] = timeline_track(l);
				l->full |= !w->counter(w->arg, p->counter[c], p->track, c);
			}
			p->told[c] = p->value[c];
			l->full |= !w->count(w->arg, p->counter[c], timeline_clip(l, at),
					     (uint64_t)(p->value[c] > 0 ? p->value[c] : 0));
		}
	}
}

/* Ends the slice of a call that is begun; cut: the call itself goes on. */
static void end_call(struct timeline *l, struct timeline_thread *t, bool cut)
{
	if (t->open)
		l->writer.end_call(l->writer.arg, t->track, t->open_to, cut);
	t->open = false;
}

/* Tells that a thread was in a phase of a call from `from` until `to` (ns); cut: and still is. */
static void tell_phase(struct timeline *l, struct timeline_thread *t, unsigned int op,
		       uint64_t from, uint64_t to, bool cut)
{
	const struct timeline_writer *w = &l->writer;

	from = timeline_clip(l, from);
	to = timeline_clip(l, to);
	if (from >= to || l->full || !t->track)
		return;
	if (t->open && t->open_op != op)
		end_call(l, t, false);
	if (!t->open) {
		if (!w->begin_call(w->arg, t->track, from, op)) {
			l->full = true;
			return;
		}
		t->open = true;
		t->open_op = (uint8_t)op;
		t->open_to = from;
	}
	if (op != OP_UNSEEN && !w->phase(w->arg, t->track, from, to, t->phase, cut)) {
		l->full = true;
		return;
	}
	t->open_to = to;
}

/* How a call is shown: one that waits for something else than its peer counts as none. */
static unsigned int shown_op(unsigned int op)
{
	return op == OP_ASIDE || op == OP_UNKNOWN || op >= OPS_TIMED ? OP_APP : op;
}

/* Tells what a thread did until `at` (ns), of which `unseen` moves before that are not known; cut:
 * and still does. */
static void tell_until(struct timeline *l, struct timeline_thread *t, uint64_t at, uint32_t unseen,
		       bool cut)
{
	if (!t->moved)
		return;
	count_phase(l, t, -1);
	tell_phase(l, t, unseen ? OP_UNSEEN : t->op, t->since, at, cut);
	/* What moved before the trace is of no interest. */
	if (unseen && at > l->from)
		l->unseen += unseen;
}

/* The place of a thread, made at the first use. */
static struct timeline_thread *thread_at(struct timeline *l, uint32_t index)
{
	if (index >= l->threads) {
		size_t count = 2 * (size_t)index + 64;

		l->thread = xrealloc(l->thread, count, sizeof(*l->thread));
		memset(l->thread + l->threads, 0, (count - l->threads) * sizeof(*l->thread));
		l->threads = count;
	}
	return &l->thread[index];
}

/* Ends all of a thread at `at` (ns), of which `unseen` moves before that are not known; its place
 * is free then. */
static void end_thread(struct timeline *l, struct timeline_thread *t, uint64_t at, uint32_t unseen)
{
	tell_until(l, t, at, unseen, false);
	end_call(l, t, false);
	*t = (struct timeline_thread){0};
}

/* A thread is told of. */
static void take_thread(struct timeline *l, const struct stream_event *e)
{
	struct timeline_thread *t = thread_at(l, e->move.index);
	struct timeline_process *p;

	/* By an exec the books of another one have become its own. */
	if (t->tid && t->tid != e->move.tid)
		end_thread(l, t, t->moved ? t->since : 0, 0);
	if (t->tid && !memcmp(t->comm, e->comm, sizeof(t->comm)))
		return;
	p = timeline_process_of(l, e->move.tgid, e->comm);
	if (!p)
		return;
	if (!t->tid)
		t->track = timeline_track(l);
	t->tid = e->move.tid;
	t->tgid = e->move.tgid;
	memcpy(t->comm, e->comm, sizeof(t->comm));
	if (t->tid == t->tgid)
		l->full |= !l->writer.process(l->writer.arg, p->track, t->tgid, t->comm);
	if (!l->full)
		l->full |= !l->writer.thread(l->writer.arg, t->track, t->tgid, t->tid, t->comm);
}

/* How often the hands of a thread have moved since the latest move that is known, up to this one.
 */
static int32_t moves_since(const struct timeline_thread *t, const struct stream_move *m,
			   bool unsure)
{
	int32_t moves = (int32_t)(m->seq - t->seq) / 2;

	/* That its call was learnt counts as one. */
	return t->unsure && !unsure ? moves - 1 : moves;
}

/* The hands of a thread have moved. */
static void take_move(struct timeline *l, const struct stream_event *e)
{
	const struct stream_move *m = &e->move;
	struct timeline_thread *t = thread_at(l, m->index);
	int32_t moves = moves_since(t, m, e->unsure);

	if (t->tid != m->tid)
		return;
	/* Told twice, when measuring began: by the ring and by the books, which know more. */
	if (t->moved && moves <= 0) {
		if (t->unsure)
			t->op = (uint8_t)shown_op(m->op);
		return;
	}
	tell_until(l, t, m->since, t->moved ? (uint32_t)moves - 1 : 0, false);
	t->seq = m->seq;
	t->since = m->since;
	t->op = (uint8_t)shown_op(m->op);
	t->phase = m->phase;
	t->moved = true;
	t->unsure = e->unsure;
	count_phase(l, t, 1);
}

/* The books of a thread are closed, by a last move of which no event tells. */
static void take_end(struct timeline *l, const struct stream_move *m)
{
	struct timeline_thread *t = thread_at(l, m->index);
	int32_t moves = moves_since(t, m, false);

	if (t->tid == m->tid)
		end_thread(l, t, m->since, moves > 1 ? (uint32_t)moves - 1 : 0);
}

/* Ends all that has begun, since the trace ends. */
static void end_all(struct timeline *l)
{
	for (size_t i = 0; i < l->threads; i++) {
		struct timeline_thread *t = &l->thread[i];

		if (!t->tid)
			continue;
		if (!l->full && l->to)
			tell_until(l, t, l->to, 0, true);
		/* Else another call has begun in this very moment. */
		end_call(l, t, l->full || t->open_op == t->op);
	}
}

/* Takes what came. */
void timeline_take(struct timeline *l, const struct stream_batch *b)
{
	bool was_full = l->full;

	l->from = b->from;
	l->to = b->last ? b->to : 0;
	for (size_t i = 0; i < b->events && !l->full; i++) {
		const struct stream_event *e = &b->event[i];

		if (e->kind == STREAM_THREAD)
			take_thread(l, e);
		else if (e->kind == STREAM_MOVE)
			take_move(l, e);
		else
			take_end(l, &e->move);
	}
	if (!l->full)
		timeline_take_conns(l, b);
	if (!l->full)
		tell_counters(l, b->to);
	if (b->last && !l->full)
		timeline_end_conns(l);
	if (b->last || (l->full && !was_full))
		end_all(l);
}

void timeline_free(struct timeline *l)
{
	free(l->thread);
	free(l->process);
	free(l->conn);
	*l = (struct timeline){0};
}
