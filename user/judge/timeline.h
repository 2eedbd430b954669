/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * timeline.h - single events made into tracks with slices: of each thread its calls, and in them
 * the phases, of each connection its states; and counters of processes.
 *
 * Pure. A slice is told when both ends are known, so that each that is begun is ended, wherever a
 * trace breaks off; but a call is begun with its first phase.
 */
#ifndef IOPHASE_TIMELINE_H
#define IOPHASE_TIMELINE_H

#include "base/types.h"
#include "books/stream.h"

/* What processes are counted by, in the order of the tracks. */
enum timeline_counter {
	COUNTER_ON_CPU,	   /* threads on a CPU, */
	COUNTER_RUN_QUEUE, /* and in the run queue */
	COUNTER_SERVICE,   /* connections in service, */
	COUNTER_ASKED,	   /* and of which an upstream is asked */
	TIMELINE_COUNTERS,
};

/* Where tracks go. A track is a number, from 1. Each returns false if there is no more room. */
struct timeline_writer {
	void *arg;
	bool (*process)(void *arg, uint32_t track, uint32_t pid, const char comm[COMM_LEN]);
	bool (*thread)(void *arg, uint32_t track, uint32_t pid, uint32_t tid,
		       const char comm[COMM_LEN]);
	bool (*connection)(void *arg, uint32_t track, uint32_t parent, const struct conn_row *row);
	bool (*counter)(void *arg, uint32_t track, uint32_t parent, enum timeline_counter which);
	/* A slice of call `op` is begun, and ended, at that time (ns). There is always room to end
	 * what is begun. Cut: it had not ended when the trace did. */
	bool (*begin_call)(void *arg, uint32_t track, uint64_t at, unsigned int op);
	void (*end_call)(void *arg, uint32_t track, uint64_t at, bool cut);
	bool (*phase)(void *arg, uint32_t track, uint64_t from, uint64_t to, enum phase phase,
		      bool cut);
	bool (*state)(void *arg, uint32_t track, uint64_t from, uint64_t to, enum conn_state state,
		      bool cut);
	bool (*count)(void *arg, uint32_t track, uint64_t at, uint64_t value);
};

enum {
	/* Stands for a call where moves were not seen: what was done meanwhile is not known. */
	OP_UNSEEN = OPS_TIMED,
};

/* A process, with a track of its own, and of its counters those that were needed. */
struct timeline_process {
	uint32_t pid;
	uint32_t track;
	uint32_t counter[TIMELINE_COUNTERS]; /* tracks, 0: none yet */
	int64_t value[TIMELINE_COUNTERS];
	int64_t told[TIMELINE_COUNTERS];
};

struct timeline_thread;
struct timeline_conn;

/* What is known. A zeroed one is empty; to be freed by timeline_free(). */
struct timeline {
	struct timeline_writer writer;
	uint64_t from, to;		/* ns: of the trace; `to` 0: it goes on */
	uint32_t tracks;		/* that were numbered */
	uint64_t unseen;		/* moves of threads and connections that no event told of */
	bool full;			/* there was no more room: nothing more is taken */
	struct timeline_thread *thread; /* by index of books */
	size_t threads;
	struct timeline_process *process; /* by pid */
	size_t processes, process_room;
	struct timeline_conn *conn; /* by number */
	size_t conns;
};

/* A further track, for something else. */
uint32_t timeline_track(struct timeline *l);

/* What a call is called, NULL where there is none. */
const char *timeline_call_name(unsigned int op);

/* Until when (ns) all is in the batches, of which this is the latest one. */
uint64_t timeline_until(const struct stream_batch *b);

/* Takes what came. The last batch ends all that has begun. */
void timeline_take(struct timeline *l, const struct stream_batch *b);

void timeline_free(struct timeline *l);

/* For the files of a timeline alone. */

/* A time (ns) within the trace. */
uint64_t timeline_clip(const struct timeline *l, uint64_t at);

/* The process, which is told of if it is new, by that name; NULL: there is no room. */
struct timeline_process *timeline_process_of(struct timeline *l, uint32_t pid,
					     const char comm[COMM_LEN]);

/* Adds to a counter of a process, if that is known. */
void timeline_count(struct timeline *l, uint32_t pid, enum timeline_counter which, int by);

/* Takes what came of connections. */
void timeline_take_conns(struct timeline *l, const struct stream_batch *b);

/* Ends what connections are in. */
void timeline_end_conns(struct timeline *l);

#endif
