/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.c - see stream.h.
 *
 * What goes in: single events. What comes out: lists of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/stream.h"

enum {
	ROOM_FIRST = 1024, /* for so many, until there are more */
};

/* A list with room for one more element of that size. */
static void *with_room(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? 2 * *room : ROOM_FIRST;
	return xrealloc(list, *room, size);
}

/* Adds a further event. */
struct stream_event *stream_add_event(struct stream_batch *b)
{
	struct stream_event *event;

	b->event = with_room(b->event, b->events, &b->event_room, sizeof(*b->event));
	event = &b->event[b->events++];
	memset(event, 0, sizeof(*event));
	return event;
}

/* Adds a connection that is told of. */
void stream_add_peer(struct stream_batch *b, const struct stream_peer *peer)
{
	b->peer = with_room(b->peer, b->peers, &b->peer_room, sizeof(*b->peer));
	b->peer[b->peers++] = *peer;
}

/* Adds how the clock of one stands. */
void stream_add_conn(struct stream_batch *b, const struct stream_conn *conn)
{
	b->conn = with_room(b->conn, b->conns, &b->conn_room, sizeof(*b->conn));
	b->conn[b->conns++] = *conn;
}

/* Empties a batch. */
void stream_batch_clear(struct stream_batch *b)
{
	b->events = 0;
	b->peers = 0;
	b->conns = 0;
}

void stream_batch_free(struct stream_batch *b)
{
	free(b->event);
	free(b->peer);
	free(b->conn);
	*b = (struct stream_batch){0};
}
