/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.h - single events of threads and connections, for a trace: plain data.
 */
#ifndef IOPHASE_STREAM_H
#define IOPHASE_STREAM_H

#include "base/types.h"
#include "common/stream.h"

enum stream_kind {
	STREAM_THREAD, /* a thread is told of, before any other word of it, or has another name */
	STREAM_MOVE,   /* the hands of its clock have moved */
	STREAM_END,    /* its books were closed, at move.since */
};

/* What came of one thread. */
struct stream_event {
	enum stream_kind kind;
	struct stream_move move; /* of STREAM_THREAD the ids only */
	char comm[COMM_LEN];	 /* of STREAM_THREAD */
	/* Of STREAM_MOVE: which call it was in when it was adopted no event has told yet, but what
	 * user space found. That will count as a move, too. */
	bool unsure;
};

/*
 * What came in some time: of each thread, and of each connection, in order. A zeroed one is empty
 * and can be used again; to be freed by stream_batch_free().
 */
struct stream_batch {
	uint64_t from; /* ns: when measuring began, */
	uint64_t to;   /* and until when all is in the batches; */
	bool last;     /* it is the last one, and measuring has ended then */
	struct stream_event *event;
	size_t events, event_room;
	struct stream_peer *peer; /* connections told of, before any other word of them */
	size_t peers, peer_room;
	struct stream_conn *conn;
	size_t conns, conn_room;
};

/* Adds a further event, zeroed, and returns it. */
struct stream_event *stream_add_event(struct stream_batch *b);

/* The same of a connection that is told of, and of one whose clock has moved. */
void stream_add_peer(struct stream_batch *b, const struct stream_peer *peer);
void stream_add_conn(struct stream_batch *b, const struct stream_conn *conn);

/* Empties a batch, and keeps its memory for the next one. */
void stream_batch_clear(struct stream_batch *b);

void stream_batch_free(struct stream_batch *b);

#endif
