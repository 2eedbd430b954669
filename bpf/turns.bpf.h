/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * turns.bpf.h - a turn of an event loop is over: its row.
 *
 * What goes in: a mux call that begins. What comes out: in the row of the turns, how long the
 * thread was away from its events since the wait before, and how many events that wait had told;
 * and if that was long, what it was made of.
 */
#ifndef IOPHASE_TURNS_BPF_H
#define IOPHASE_TURNS_BPF_H

/* The current thread, which is t, has begun a mux call on several descriptors. */
static __always_inline void turn_end(struct thread *t)
{
	__u64 events, lag;
	struct row *row;

	if (!turn_ends(t))
		return;
	events = t->turn_events;
	lag = t->begun - t->turn;
	undisturbed_begin();
	row = row_or_lose(t, turn_op(t), LOST_SAMPLES);
	if (row)
		row_add(row, turn_outcome(t), events, lag, events);
	if (turn_is_slow(lag)) {
		__u64 part[AWAY_KINDS];

		turn_parts(t, lag, part);
		for (int i = 0; i < AWAY_KINDS; i++)
			t->count[COUNT_AWAY + i] += part[i];
	}
	turn_none(t);
	undisturbed_end();
}

#endif
