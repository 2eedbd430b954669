/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * feature.h - what a kernel may offer us or lack, one name each, and sets of them.
 *
 * How each is looked for, and what is lost without it, stands in the table of caps.c; which program
 * needs which, in that of programs.c.
 */
#ifndef IOPHASE_FEATURE_H
#define IOPHASE_FEATURE_H

#include "base/types.h"

enum feature {
	FEATURE_CALL_EVENTS,   /* a pair of tracepoints per system call: the way in by default */
	FEATURE_RAW_EVENTS,    /* the pair sys_enter and sys_exit, to be used instead */
	FEATURE_LIGHT,	       /* or none of both: what a thread is in is told by its registers; */
	FEATURE_SAMPLES,       /* and what it does on a CPU, by samples */
	FEATURE_COPY,	       /* it tells when socket data is copied to user memory, */
	FEATURE_SIGNAL_TAKEN,  /* when a signal reaches a handler, */
	FEATURE_SIGNAL_SENT,   /* when one is generated, */
	FEATURE_IO_URING_5_15, /* and of requests of io_uring, in one of these forms: a completion
				* tells the number of its request only; */
	FEATURE_IO_URING_6_0,  /* the request; */
	FEATURE_IO_URING_6_3,  /* submit_req instead of submit_sqe; */
	FEATURE_IO_URING_6_14, /* a completion is one entry of the queue */
	FEATURE_CONNECTIONS,   /* it tells when data are ready in a socket, read and written, */
	FEATURE_CONNECTIONS_BY_CALLS, /* or does not, and the ends of calls tell of a part of it */
	FEATURE_CONNECTION_ROWS,      /* of each connection by itself, if that is asked for */
	FEATURE_SLEEPERS,	      /* of the threads of a process that are asleep, */
	FEATURE_CHANGE_CALLS,	      /* of calls after which a process is another, likewise, */
	FEATURE_CGROUP_MOVES,	      /* and when it is moved to another cgroup */
	FEATURE_STREAM,		      /* and of each single event, if a trace is asked for */
	FEATURES,
};

/* A set of features. */
struct feature_set {
	uint32_t bits;
};

/* The set of one feature, as a number that constant tables can be made of. */
#define FEATURE_BIT(feature) (1U << (feature))

_Static_assert(FEATURES <= 32, "a set has a bit for each");

/* Those that measure connections. */
#define FEATURES_OF_CONNECTIONS                                                                    \
	(FEATURE_BIT(FEATURE_CONNECTIONS) | FEATURE_BIT(FEATURE_CONNECTIONS_BY_CALLS))

/* Adds a feature to a set. */
static inline void feature_add(struct feature_set *set, enum feature feature)
{
	set->bits |= FEATURE_BIT(feature);
}

/* Whether a feature is in a set. */
static inline bool feature_has(struct feature_set set, enum feature feature)
{
	return set.bits & FEATURE_BIT(feature);
}

/* Whether connections are measured, all of their clock or a part. */
static inline bool feature_measures_connections(struct feature_set set)
{
	return set.bits & FEATURES_OF_CONNECTIONS;
}

#endif
