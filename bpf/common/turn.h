/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/turn.h - the turns of an event loop: from the end of one wait to the begin of the next
 * one.
 *
 * What goes in: mux calls that begin and end. What comes out: for how long the thread was away from
 * its events (the loop lag), and how many events it had to handle. Only calls on several
 * descriptors begin turns. One on a single descriptor multiplexes nothing, and is a part of the
 * turn in which it is made; but of the kind that the turn began with it ends it: of a loop by poll
 * or select, whose connections have gone, the listener alone is left. After a wait that failed or
 * was interrupted there is no turn. It holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_TURN_H
#define IOPHASE_COMMON_TURN_H

#include "common/bounded.h"
#include "common/hist.h"

/* A turn is slow from so many ns on, to the bucket of the histogram. */
#define SLOW_TURN 200000000ULL

/* There is no turn. */
static __always_inline void turn_none(struct thread *t)
{
	t->turn = 0;
}

/* The time (ns) that a thread has been asleep outside I/O calls. */
static __always_inline __u64 asleep_outside(const struct thread *t)
{
	return t->ns[OP_APP][PHASE_WAIT] + t->ns[OP_ASIDE][PHASE_WAIT];
}

/* What a thread has done since its birth, by enum away (ns), without its time on a CPU. */
static __always_inline void turn_spent(const struct thread *t, __u64 ns[AWAY_CPU])
{
	ns[AWAY_ASLEEP] = asleep_outside(t);
	ns[AWAY_IO] = t->phase_ns[PHASE_WAIT] - ns[AWAY_ASLEEP];
	ns[AWAY_RUNQ] = t->phase_ns[PHASE_RUNQ];
}

/* What the turn in progress, which has taken so many ns, was made of; the parts add up to it. */
static __always_inline void turn_parts(const struct thread *t, __u64 ns, __u64 part[AWAY_KINDS])
{
	__u64 now[AWAY_CPU];

	turn_spent(t, now);
	for (int i = 0; i < AWAY_CPU; i++) {
		part[i] = now[i] - t->turn_then[i];
		part[i] -= later_by(part[i], ns);
		ns -= part[i];
	}
	part[AWAY_CPU] = ns;
}

/* Whether a turn that takes so many ns is slow. */
static __always_inline bool turn_is_slow(__u64 ns)
{
	return ns >= SLOW_TURN && hist_bucket(ns) > hist_bucket(SLOW_TURN);
}

/* The latest mux call of the thread, on several descriptors, of the kind `way`, has said that so
 * many are ready. */
static __always_inline void turn_begin(struct thread *t, __u32 events, __u32 way)
{
	t->turn = t->mux_ended;
	t->turn_events = events;
	t->turn_way = way;
	turn_spent(t, t->turn_then);
}

/* Whether the mux call that the thread has begun ends a turn. */
static __always_inline bool turn_ends(const struct thread *t)
{
	return t->turn && t->begun >= t->turn;
}

/* The row in which the turn in progress counts. */
static __always_inline __u32 turn_op(const struct thread *t)
{
	return t->turn_events ? OP_LOOP : OP_LOOP_EMPTY;
}

/* The outcome of the wait before it. */
static __always_inline __u32 turn_outcome(const struct thread *t)
{
	return t->turn_events ? OUT_OK : OUT_TIMEOUT;
}

#endif
