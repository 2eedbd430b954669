/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * upstreams.h - what upstreams took to answer, by process and address: sums that only grow, and
 * their differences.
 */
#ifndef IOPHASE_UPSTREAMS_H
#define IOPHASE_UPSTREAMS_H

#include <sys/types.h>

#include "base/types.h"
#include "books/hist.h"

/* What one process asked of one address. */
struct upstream_sums {
	struct upstream_key key;
	char name[UNIX_NAME_LEN];
	uint64_t asked; /* answers, */
	uint64_t ns;	/* how long they took in all, */
	uint64_t max;	/* the longest since the attach */
	uint64_t connections, connections_ever;
	struct hist took; /* ns; answers that were there at once are not in it */
};

/* In the order of their keys, process by process. A zeroed one is empty. */
struct upstream_list {
	struct upstream_sums *sum;
	size_t count;
};

/* Adds one that is not in the order yet, all zero but for its key and name. */
struct upstream_sums *upstreams_add(struct upstream_list *list, const struct upstream_key *key,
				    const char name[UNIX_NAME_LEN]);

/* Adds copies of all that process `from` has in the list, as if it were process `to`. */
void upstreams_join(struct upstream_list *to_list, pid_t to, const struct upstream_list *list,
		    pid_t from);

/* Puts them in order; those of one key become one. */
void upstreams_sort(struct upstream_list *list);

/*
 * Fills an empty list with what was answered between two snapshots; `whole`: the earlier one was
 * the first. A connection then counts once for ever.
 */
void upstreams_diff(struct upstream_list *list, const struct upstream_list *earlier,
		    const struct upstream_list *later, bool whole);

void upstreams_clear(struct upstream_list *list);

#endif
