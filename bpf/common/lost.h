/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/lost.h - what was lost, as both halves count it, and who has no books.
 */
#ifndef IOPHASE_COMMON_LOST_H
#define IOPHASE_COMMON_LOST_H

/* What was lost, by name; each one is shown in the report when it is not zero. */
enum lost {
	LOST_THREADS,	  /* threads not traced: no free struct thread, or no place in tids */
	LOST_CALLS,	  /* calls whose outcome was not counted: no free struct row */
	LOST_SAMPLES,	  /* calls missing in percentiles: no free struct octave */
	LOST_ENTERS,	  /* calls seen to end but not to begin */
	LOST_EXITS,	  /* calls seen to begin but not to end */
	LOST_CLAIMS,	  /* threads not traced: the map of claims was full, or /proc failed */
	LOST_BYTES,	  /* message lengths that could not be read from user memory */
	LOST_COMPAT,	  /* processes not traced any longer since they became 32-bit */
	LOST_32_BIT,	  /* 32-bit system calls of 64-bit processes, not seen */
	LOST_REQUESTS,	  /* requests that were not followed from submission to completion */
	LOST_CONNECTIONS, /* connections without a clock: no room for their books */
	LOST_EXCHANGES,	  /* exchanges not counted: no free row, or books that were not free */
	LOST_UPSTREAMS,	  /* answers that are not counted by address: no free struct upstream */
	LOST_DEATHS,	  /* threads that had ended unseen: user space found it out later */
	LOST_LISTENERS,	  /* listening sockets whose queues are not known, or not wholly */
	LOST_EVENTS,	  /* events missing in a trace: its ring was full, or they were not seen */
	LOST_CHILDREN, /* lost threads of which it is not known whom they made: no room for that */
	LOSTS,
};

/* A thread that has no books though it is meant, for there was no room. */
struct lost_thread {
	__u32 start;
	__u32 tgid;
	__u32 family; /* as its books would have it: whom it makes is of it */
};

#endif
