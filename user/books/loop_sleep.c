/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loop_sleep.c - see loop_sleep.h.
 *
 * What goes in: books of threads at two instants. What comes out: sums per process. Pure: no
 * kernel, no clock, no I/O.
 */
#include <stdlib.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "books/loop_sleep.h"
#include "books/ops.h"
#include "common/bounded.h"
#include "common/clock.h"
#include "common/hist.h"
#include "common/turn.h"

enum {
	CONNECTIONS_OF_A_LOOP = 2, /* who has read one connection only may block for it */
};

/* In which sleep a class of calls is. */
static enum sleep sleep_of(enum op_class op_class)
{
	switch (op_class) {
	case CLASS_READ:
		return SLEEP_READ;
	case CLASS_WRITE:
		return SLEEP_WRITE;
	case CLASS_ACCEPT:
		return SLEEP_ACCEPT;
	case CLASS_CONNECT:
		return SLEEP_CONNECT;
	default:
		return SLEEPS;
	}
}

/* How long (ns) a thread has been asleep in a mux call in progress on a single descriptor. */
uint64_t sleep_alone(const struct thread *t, enum counter *counter)
{
	__u32 call = clock_call(t);
	enum way way = ops[call % OPS].traits.mux_way;

	*counter = way == WAY_POLL ? COUNT_ALONE_POLL : COUNT_ALONE_SELECT;
	if (ops[call % OPS].traits.op_class != CLASS_MUX || !watches_one(t, way))
		return 0;
	return t->ns[call % OPS_TIMED][PHASE_WAIT] - t->wait_then;
}

/* How long (ns) a thread has been asleep in all mux calls on a single descriptor. */
uint64_t sleep_alone_ever(const struct thread *t)
{
	enum counter counter;

	return t->count[COUNT_ALONE_SELECT] + t->count[COUNT_ALONE_POLL] + sleep_alone(t, &counter);
}

/* The first bucket of turns that are slow. */
static unsigned int slow_bucket(void)
{
	return hist_bucket(SLOW_TURN) + 1;
}

/* Notes the slow ones among the turns of a row that have ended. */
static void note_turns(struct sleep_marks *m, const struct books *b, __u32 index)
{
	const struct row *row;

	if (!index || index >= b->row_count)
		return;
	row = &b->rows[index];
	for (unsigned int i = slow_bucket(); i < BUCKETS; i++) {
		__u32 octave = row->wait[i / STEPS];

		if (octave && octave < b->octave_count)
			m->slow += b->octaves[octave].step[i % STEPS];
	}
	if (row->wait_max > m->slowest)
		m->slowest = row->wait_max;
}

/* Notes what slow turns were made of, the one in progress too if it is slow so far. */
static void note_away(struct sleep_marks *m, const struct thread *t)
{
	__u64 part[AWAY_KINDS];

	for (unsigned int i = 0; i < AWAY_KINDS; i++)
		m->away[i] = t->count[COUNT_AWAY + i];
	if (!turn_is_slow(m->turn))
		return;
	turn_parts(t, m->turn, part);
	for (unsigned int i = 0; i < AWAY_KINDS; i++)
		m->away[i] += part[i];
}

/* Notes what the books of a living thread say. */
void sleep_marks_set(struct sleep_marks *m, const struct books *b, const struct thread *t)
{
	*m = (struct sleep_marks){
		.told = t->count[COUNT_MUX_READY],
		.connections = t->count[COUNT_CONNECTIONS],
		.turn = t->turn ? less(t->since, t->turn) : 0,
	};
	note_turns(m, b, t->row[OP_LOOP]);
	note_turns(m, b, t->row[OP_LOOP_EMPTY]);
	note_away(m, t);
	m->asleep[SLEEP_ALONE] = sleep_alone_ever(t);
	for (unsigned int op = 0; op < OPS_TIMED; op++) {
		enum op_class op_class = ops[op].traits.op_class;
		enum sleep sleep = sleep_of(op_class);
		uint64_t ns = SUM_OF_PHASES(t->ns[op]);

		if (sleep < SLEEPS)
			m->asleep[sleep] += t->ns[op][PHASE_WAIT];
		if (op_class != CLASS_MUX)
			continue;
		m->mux += ns;
		if (op == OP_EPOLL_WAIT || op == OP_EPOLL_PWAIT || op == OP_EPOLL_PWAIT2)
			m->epoll += ns;
	}
}

/* The place of a process at the end of the list, added if need be. */
static struct loop_sleep *place_of(struct loop_sleep_list *list, pid_t pid)
{
	if (!list->count || list->process[list->count - 1].pid != pid) {
		list->process = xrealloc(list->process, list->count + 1, sizeof(*list->process));
		list->process[list->count++] = (struct loop_sleep){.pid = pid};
	}
	return &list->process[list->count - 1];
}

/* Adds the slow turns of a loop; `turn` ns is the one in progress, if it began in between. */
static void add_slow(struct loop_sleep *sum, const struct sleep_marks *then,
		     const struct sleep_marks *now, uint64_t turn)
{
	uint64_t slow = less(now->slow, then->slow), slowest = slow ? now->slowest : 0;

	if (turn_is_slow(turn)) {
		slow++;
		slowest = turn > slowest ? turn : slowest;
	}
	sum->slow += slow;
	if (slowest > sum->slowest)
		sum->slowest = slowest;
	/* A turn that was given up does not count any more. */
	for (unsigned int i = 0; i < AWAY_KINDS && slow; i++)
		sum->away[i] += less(now->away[i], then->away[i]);
}

/* Adds what a thread did between two marks. */
void loop_sleep_note(struct loop_sleep_list *list, pid_t pid, const struct sleep_marks *then,
		     const struct sleep_marks *now, uint64_t lived)
{
	static const struct sleep_marks none;
	/* What goes on since before the window may be a loop that is none any more. */
	uint64_t turn = now->turn <= lived ? now->turn : 0;
	struct loop_sleep *sum;

	if (!then)
		then = &none;
	if (now->mux <= then->mux)
		return;
	sum = place_of(list, pid);
	sum->muxers++;
	if (turn > sum->turn)
		sum->turn = turn;
	if (now->told <= then->told || now->connections < CONNECTIONS_OF_A_LOOP)
		return;
	sum->loops++;
	sum->lived += lived;
	add_slow(sum, then, now, turn);
	for (unsigned int i = 0; i < SLEEPS; i++) {
		/* A loop by select or poll that has but its listener left waits for events, too. */
		if (i == SLEEP_ALONE && now->epoll <= then->epoll)
			continue;
		sum->asleep[i] += less(now->asleep[i], then->asleep[i]);
	}
}

/* Whether a process comes before that pid. */
static bool is_before(const void *process, const void *pid)
{
	return ((const struct loop_sleep *)process)->pid < *(const pid_t *)pid;
}

/* The process in the list, or NULL. */
const struct loop_sleep *loop_sleep_find(const struct loop_sleep_list *list, pid_t pid)
{
	size_t at =
		search_place(list->process, list->count, sizeof(*list->process), &pid, is_before);
	return at < list->count && list->process[at].pid == pid ? &list->process[at] : NULL;
}

/* Adds another process's. */
void loop_sleep_join(struct loop_sleep *to, const struct loop_sleep *from)
{
	to->muxers += from->muxers;
	to->loops += from->loops;
	to->lived += from->lived;
	to->slow += from->slow;
	if (from->slowest > to->slowest)
		to->slowest = from->slowest;
	if (from->turn > to->turn)
		to->turn = from->turn;
	for (unsigned int i = 0; i < SLEEPS; i++)
		to->asleep[i] += from->asleep[i];
	for (unsigned int i = 0; i < AWAY_KINDS; i++)
		to->away[i] += from->away[i];
}

void loop_sleep_clear(struct loop_sleep_list *list)
{
	free(list->process);
	*list = (struct loop_sleep_list){0};
}
