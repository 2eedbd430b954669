/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * backlog.h - connections that wait until a process accepts them, and those it had no room for.
 */
#ifndef IOPHASE_BACKLOG_H
#define IOPHASE_BACKLOG_H

#include "base/types.h"

/* Of a process: its listening TCP sockets, as far as they are known. */
struct backlog {
	uint64_t dropped;   /* packets of handshakes, since the attach; in a window: in it */
	uint64_t listeners; /* sockets, at that instant */
	uint64_t waiting;   /* connections on all of them, at that instant */
	/* Of the one that was fullest: how many may wait, less one, and did at most, since the
	 * snapshot before, or in a window; and the same since the attach. */
	uint64_t limit, most;
	uint64_t limit_ever, most_ever;
};

/* Adds what was told of a listener; what it has dropped is added up elsewhere (listeners.h). */
void backlog_add(struct backlog *b, const struct listener *l);

/* Adds that of another process. */
void backlog_join(struct backlog *to, const struct backlog *from);

/* What came of it between two snapshots; `whole`: the earlier one was the first. */
struct backlog backlog_diff(const struct backlog *earlier, const struct backlog *later, bool whole);

/* How many connections may wait on the fullest one: the kernel takes one more than it was asked
 * for. */
uint64_t backlog_room(const struct backlog *b);

#endif
