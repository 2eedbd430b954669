/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/stream.h - what the kernel half tells of each single event, if it is asked for a trace.
 *
 * What goes in: nothing. What comes out: the layout of what lies in the ring. Which kind it is, its
 * size tells. All times are ns of CLOCK_MONOTONIC.
 */
#ifndef IOPHASE_COMMON_STREAM_H
#define IOPHASE_COMMON_STREAM_H

#include "common/conn_row.h"

/* The hands of a thread's clock have moved: where they stand, and since when. */
struct stream_move {
	__u64 since;
	__u32 seq; /* as in struct thread: twice the number of moves, so a gap shows */
	__u32 tid, tgid;
	__u16 index; /* of the thread's books */
	__u8 op, phase;
};

/* A connection was read, written or closed: how its clock stands. */
struct stream_conn {
	__u64 id; /* the kernel half's own number of it, from 1 */
	__u64 at, since, born;
	__u64 ns[CONN_STATES];
	__u64 turns;	 /* reads and writes since its birth, so a gap shows */
	__u32 tgid, tid; /* who read or wrote last */
	__u8 role;	 /* enum conn_role */
	__u8 state;	 /* enum conn_state, since `since` */
	__u8 closed;	 /* it is closed, at `at` */
	__u8 pad[5];
};

/* Who a connection is, told once, before the first struct stream_conn of it. */
struct stream_peer {
	__u64 id;
	struct conn_row row; /* of it kind, role, process and addresses only */
};

_Static_assert(sizeof(struct stream_move) == 24, "two fit into a cache line, with what is before");

#endif
