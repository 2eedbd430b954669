/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * timeline_conns.c - the connections of a timeline.
 *
 * What goes in: how the clock of a connection stood each time that it was read, written or closed.
 * What comes out: a slice for each state that it was in since the time before, but for idle: then
 * there is nothing to be seen. A read or a write moves the hand through several states at once,
 * since when data became ready is taken into account late; in which order, is known.
 */
#include <string.h>

#include "base/xalloc.h"
#include "judge/timeline.h"

enum {
	PROTOCOL_TCP = 6, /* IPPROTO_TCP */
};

struct timeline_conn {
	uint32_t track; /* 0: it is not known, or closed */
	uint32_t tgid;
	bool ends; /* it is told when it is closed */
	uint8_t state;
	uint64_t since; /* ns */
	uint64_t ns[CONN_STATES];
	uint64_t turns;
};

/* The states behind the one in which it stood, in the order in which one visit goes through them.
 */
static const enum conn_state order[] = {CONN_READY, CONN_SERVICE, CONN_BLOCKED, CONN_ASKED,
					CONN_IDLE};

/* The place of a connection, made at the first use. */
static struct timeline_conn *conn_at(struct timeline *l, uint64_t id)
{
	if (id >= l->conns) {
		size_t count = 2 * (size_t)id + 64;

		l->conn = xrealloc(l->conn, count, sizeof(*l->conn));
		memset(l->conn + l->conns, 0, (count - l->conns) * sizeof(*l->conn));
		l->conns = count;
	}
	return &l->conn[id];
}

/* A connection is told of. */
static void take_peer(struct timeline *l, const struct stream_peer *peer)
{
	static const char unnamed[COMM_LEN];
	struct timeline_process *p = timeline_process_of(l, peer->row.tgid, unnamed);
	struct timeline_conn *c = conn_at(l, peer->id);

	if (!p)
		return;
	*c = (struct timeline_conn){.track = timeline_track(l), .tgid = peer->row.tgid};
	c->ends = peer->row.protocol == PROTOCOL_TCP;
	l->full |= !l->writer.connection(l->writer.arg, c->track, p->track, &peer->row);
}

/* Tells that a connection was in a state from `from` until `to` (ns); cut: and still is. */
static void tell_state(struct timeline *l, const struct timeline_conn *c, uint32_t state,
		       uint64_t from, uint64_t to, bool cut)
{
	from = timeline_clip(l, from);
	to = timeline_clip(l, to);
	if (state != CONN_IDLE && from < to && !l->full)
		l->full |= !l->writer.state(l->writer.arg, c->track, from, to, state, cut);
}

/*
 * Whether the states between two visits are known, as far as there is one read or write at most,
 * and the times add up; what was taken back when a client that was given up gets its answer after
 * all does not.
 */
static bool is_known(const struct timeline_conn *was, const struct stream_conn *now)
{
	uint64_t sum = 0;

	if (now->turns - was->turns > 1 || now->since < was->since)
		return false;
	for (int i = 0; i < CONN_STATES; i++) {
		if (now->ns[i] < was->ns[i])
			return false;
		sum += now->ns[i] - was->ns[i];
	}
	return sum == now->since - was->since;
}

/* Tells the states from one visit to the next one. */
static void tell_steps(struct timeline *l, const struct timeline_conn *was,
		       const struct stream_conn *now)
{
	uint64_t at = was->since, ns = now->ns[was->state] - was->ns[was->state];

	tell_state(l, was, was->state, at, at + ns, false);
	at += ns;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (order[i] == was->state)
			continue;
		ns = now->ns[order[i]] - was->ns[order[i]];
		tell_state(l, was, order[i], at, at + ns, false);
		at += ns;
	}
}

/* Counts in which state a connection is, or is not any more. */
static void count_state(struct timeline *l, const struct timeline_conn *c, int by)
{
	if (c->state == CONN_SERVICE)
		timeline_count(l, c->tgid, COUNTER_SERVICE, by);
	else if (c->state == CONN_ASKED)
		timeline_count(l, c->tgid, COUNTER_ASKED, by);
}

/* The clock of a connection has moved. */
static void take_conn(struct timeline *l, const struct stream_conn *now)
{
	struct timeline_conn *c = conn_at(l, now->id);

	if (!c->track || now->state >= CONN_STATES)
		return;
	/* At its birth all times are zero. */
	if (!c->since)
		c->since = now->born;
	if (is_known(c, now))
		tell_steps(l, c, now);
	else if (c->turns) /* else it was used before the trace began */
		l->unseen += now->turns > c->turns + 1 ? now->turns - c->turns - 1 : 1;
	count_state(l, c, -1);
	c->state = now->state;
	c->since = now->since;
	c->turns = now->turns;
	memcpy(c->ns, now->ns, sizeof(c->ns));
	if (!now->closed) {
		count_state(l, c, 1);
		return;
	}
	tell_state(l, c, c->state, c->since, now->at, false);
	c->track = 0;
}

/* Takes what came of connections. */
void timeline_take_conns(struct timeline *l, const struct stream_batch *b)
{
	for (size_t i = 0; i < b->peers && !l->full; i++)
		take_peer(l, &b->peer[i]);
	for (size_t i = 0; i < b->conns && !l->full; i++)
		take_conn(l, &b->conn[i]);
}

/* Ends what connections are in, of those that are known to be open. */
void timeline_end_conns(struct timeline *l)
{
	for (size_t i = 0; i < l->conns; i++) {
		const struct timeline_conn *c = &l->conn[i];

		if (c->track && c->since && c->ends)
			tell_state(l, c, c->state, c->since, l->to, true);
	}
}
