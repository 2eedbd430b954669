/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connections.h - has the kernel half tell of connections one by one, and holds their number below
 * its limit.
 *
 * For the collector only.
 */
#ifndef IOPHASE_KERNEL_CONNECTIONS_H
#define IOPHASE_KERNEL_CONNECTIONS_H

#include "base/types.h"

struct books;
struct connection_list;
struct iophase_bpf;
struct snapshot;

struct connections_source {
	struct iophase_bpf *skel;
	uint64_t max;	/* connections that may have books */
	bool unbounded; /* they could not be let go: that has been said */
};

/* Before load: how many connections may have books. */
void connections_limit(struct connections_source *s, uint64_t max);

/*
 * Adds the connections of processes that a snapshot has to the list (NULL: to none), as of then:
 * since the reading before, or, if `whole`, since their birth. 0 or -errno.
 */
int connections_read(struct connections_source *s, const struct snapshot *snapshot, bool whole,
		     struct connection_list *list);

/* Lets the least active connections of the processes in the books go if there are too many; 0 or
 * -errno. */
int connections_bound(struct connections_source *s, struct books *b);

/* Whether there is room for so many more that nobody has to look for a while. */
bool connections_calm(const struct connections_source *s);

#endif
