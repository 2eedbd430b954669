/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream_ring.c - see stream_ring.h.
 *
 * What goes in: the ring that the kernel half writes, and the books of threads. What comes out: a
 * batch in which each thread is told of before it moves, and ends when its books do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "base/xalloc.h"
#include "kernel/stream_ring.h"
#include "iophase.skel.h"

/*
 * 260,000 moves; between two looks 25 ms go by, and a look may be late where CPUs are busy. A ring
 * is a power of two, and at least a page.
 */
#define RING_SIZE (8 << 20)

/* Whether a trace is asked for. */
static bool is_on(const struct collector_setup *setup)
{
	return feature_has(setup->features, FEATURE_STREAM);
}

/* Sizes their maps. */
int stream_configure(struct stream_source *s, struct pools *pools,
		     const struct collector_setup *setup)
{
	struct iophase_bpf *skel = pools->skel;
	uint32_t ring = is_on(setup) ? RING_SIZE : (uint32_t)sysconf(_SC_PAGESIZE);
	uint32_t told = is_on(setup) ? setup->threads_max + 1 : 1;
	int err = bpf_map__set_max_entries(skel->maps.stream, ring);

	s->pools = pools;
	return err ?: bpf_map__set_max_entries(skel->maps.stream_told, told);
}

/* The books of an index, NULL where there are none. */
static struct thread *books_at(const struct stream_source *s, uint32_t index)
{
	struct books *b = &s->pools->books;

	return index && index < b->thread_count ? &b->threads[index] : NULL;
}

/* Counts an event that cannot be told. */
static void lose(struct stream_source *s)
{
	s->pools->lost[LOST_EVENTS]++;
}

/* Where the tid is kept that was told of under an index. */
static uint32_t *known_at(struct stream_source *s, uint32_t index)
{
	if (index >= s->known_room) {
		size_t room = 2 * (size_t)index + 64;

		s->known = xrealloc(s->known, room, sizeof(*s->known));
		memset(s->known + s->known_room, 0, (room - s->known_room) * sizeof(*s->known));
		s->known_room = room;
	}
	return &s->known[index];
}

/* Tells of a thread, whose books are those of that index. */
static void tell_thread(struct stream_source *s, uint32_t index, const struct thread *t)
{
	struct stream_event *event = stream_add_event(&s->batch);

	event->kind = STREAM_THREAD;
	event->move.index = (uint16_t)index;
	event->move.tid = t->tid;
	event->move.tgid = t->tgid;
	memcpy(event->comm, t->comm, sizeof(event->comm));
	*known_at(s, index) = t->tid;
}

/* The call that an adopted thread is in of which no event has told: as books_copy() has it. */
static unsigned int op_of_seed(const struct thread *t)
{
	union seed seed = {.word = __atomic_load_n(&t->seed.word, __ATOMIC_ACQUIRE)};

	return seed.valid && seed.op != OP_UNKNOWN ? seed.op : OP_APP;
}

/* Takes a move. One of a thread whose books are gone came too late: its end has been told. */
static void take_move(struct stream_source *s, const struct stream_move *move)
{
	const struct thread *t = books_at(s, move->index);
	struct stream_event *event;

	if (*known_at(s, move->index) != move->tid) {
		if (!t || t->tid != move->tid ||
		    __atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_FREE) {
			lose(s);
			return;
		}
		tell_thread(s, move->index, t);
	}
	event = stream_add_event(&s->batch);
	event->kind = STREAM_MOVE;
	event->move = *move;
	event->unsure = move->op == OP_UNKNOWN;
	if (event->unsure)
		event->move.op = t && t->tid == move->tid ? op_of_seed(t) : OP_APP;
}

/* Takes one record out of the ring: which it is, its size tells. */
static int take(void *arg, void *data, size_t size)
{
	struct stream_source *s = arg;

	switch (size) {
	case sizeof(struct stream_move):
		take_move(s, data);
		break;
	case sizeof(struct stream_conn):
		stream_add_conn(&s->batch, data);
		break;
	case sizeof(struct stream_peer):
		stream_add_peer(&s->batch, data);
		break;
	}
	return 0;
}

/* Opens their way to us. */
int stream_open(struct stream_source *s)
{
	struct iophase_bpf *skel = s->pools->skel;

	if (bpf_map__max_entries(skel->maps.stream) < RING_SIZE)
		return 0;
	s->ring = ring_buffer__new(bpf_map__fd(skel->maps.stream), take, s, NULL);
	return s->ring ? 0 : -errno;
}

/* Tells what a living thread does. */
static void tell_state(struct stream_source *s, uint32_t index, const struct thread *t)
{
	struct stream_event *event;

	if (*known_at(s, index) != t->tid)
		tell_thread(s, index, t);
	event = stream_add_event(&s->batch);
	event->kind = STREAM_MOVE;
	event->move = (struct stream_move){
		.since = t->since,
		.seq = t->seq & ~1U,
		.tid = t->tid,
		.tgid = t->tgid,
		.index = (uint16_t)index,
		.op = t->op == OP_UNKNOWN ? (uint8_t)op_of_seed(t) : t->op,
		.phase = t->phase,
	};
	event->unsure = t->op == OP_UNKNOWN;
	if (t->phase >= PHASES) {
		union seed seed = {.word = t->seed.word};

		event->move.phase = seed.valid && seed.phase < PHASES ? seed.phase : PHASE_CPU;
	}
}

/* Tells what all living threads do of which nothing is known yet. */
static void tell_states(struct stream_source *s)
{
	uint32_t end = books_end(&s->pools->books);

	s->added = s->pools->added;
	for (uint32_t i = 1; i < end; i++) {
		const struct thread *t = books_at(s, i);

		if (t && __atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_LIVE &&
		    *known_at(s, i) != t->tid)
			tell_state(s, i, t);
	}
}

/*
 * Has the kernel half tell, or not any more. What threads did last before that is told, from the
 * books; what lies in the ring by then of what came before that is known by its number.
 */
void stream_switch(struct stream_source *s, bool on)
{
	if (!s->ring)
		return;
	s->on = on;
	__atomic_store_n(&s->pools->skel->bss->streaming, on, __ATOMIC_RELEASE);
	if (on)
		tell_states(s);
}

/* Takes all out of the ring that is there, and then what those do that are new and have not moved
 * since: of who has, its first move tells. */
void stream_take(struct stream_source *s)
{
	if (!s->on)
		return;
	(void)ring_buffer__consume(s->ring);
	if (s->added != s->pools->added)
		tell_states(s);
}

/* The books of a thread are closed. */
void stream_end_thread(struct stream_source *s, uint32_t index)
{
	const struct thread *t = books_at(s, index);
	struct stream_event *event;

	if (!s->on || !t)
		return;
	/* What it did last may be in the ring yet. */
	stream_take(s);
	if (*known_at(s, index) != t->tid)
		return;
	event = stream_add_event(&s->batch);
	event->kind = STREAM_END;
	event->move = (struct stream_move){
		.since = t->since,
		.seq = t->seq,
		.tid = t->tid,
		.tgid = t->tgid,
		.index = (uint16_t)index,
	};
	*known_at(s, index) = 0;
}

/*
 * Tells of all threads, whose books do not move any more, what they are called now and do last: if
 * there was no room for what came before that, the number of their last move shows it.
 */
void stream_tell_last(struct stream_source *s)
{
	uint32_t end = books_end(&s->pools->books);

	for (uint32_t i = 1; i < end && s->ring; i++) {
		const struct thread *t = books_at(s, i);

		if (!t || __atomic_load_n(&t->state, __ATOMIC_ACQUIRE) != THREAD_LIVE ||
		    *known_at(s, i) != t->tid)
			continue;
		tell_thread(s, i, t);
		if (s->on)
			tell_state(s, i, t);
	}
}

/* Frees what it holds on our side. */
void stream_close(struct stream_source *s)
{
	ring_buffer__free(s->ring);
	stream_batch_free(&s->batch);
	free(s->known);
	*s = (struct stream_source){0};
}
