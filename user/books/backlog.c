/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backlog.c - see backlog.h.
 *
 * What goes in: listening sockets, one by one. What comes out: sums of processes. Pure: no kernel,
 * no clock, no I/O.
 */
#include "books/backlog.h"

/* Whether a queue of `most` of `limit` was fuller than another one. */
static bool is_fuller(uint64_t most, uint64_t limit, uint64_t other_most, uint64_t other_limit)
{
	return most * (other_limit + 1) > other_most * (limit + 1);
}

/* Takes over the fullest queue since the snapshot before. */
static void take_most(struct backlog *b, uint64_t most, uint64_t limit)
{
	if (b->limit && !is_fuller(most, limit, b->most, b->limit))
		return;
	b->most = most;
	b->limit = limit;
}

/* The same since the attach. */
static void take_ever(struct backlog *b, uint64_t most, uint64_t limit)
{
	if (b->limit_ever && !is_fuller(most, limit, b->most_ever, b->limit_ever))
		return;
	b->most_ever = most;
	b->limit_ever = limit;
}

/* Adds what was told of a listener. */
void backlog_add(struct backlog *b, const struct listener *l)
{
	take_most(b, l->most, l->limit);
	take_ever(b, l->ever, l->limit);
	if (l->closed)
		return;
	b->listeners++;
	b->waiting += l->waiting;
}

/* Adds that of another process. */
void backlog_join(struct backlog *to, const struct backlog *from)
{
	to->dropped += from->dropped;
	to->listeners += from->listeners;
	to->waiting += from->waiting;
	if (from->limit)
		take_most(to, from->most, from->limit);
	if (from->limit_ever)
		take_ever(to, from->most_ever, from->limit_ever);
}

/* What came of it between two snapshots. */
struct backlog backlog_diff(const struct backlog *earlier, const struct backlog *later, bool whole)
{
	struct backlog b = *later;

	b.dropped = less(later->dropped, earlier->dropped);
	if (whole) {
		b.most = later->most_ever;
		b.limit = later->limit_ever;
	}
	return b;
}

/* How many connections may wait on the fullest one. */
uint64_t backlog_room(const struct backlog *b)
{
	return b->limit + 1;
}
