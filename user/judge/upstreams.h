/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * upstreams.h - the upstreams of a task as sinks print them.
 */
#ifndef IOPHASE_JUDGE_UPSTREAMS_H
#define IOPHASE_JUDGE_UPSTREAMS_H

#include "base/fmt_address.h"
#include "judge/percentiles.h"

struct upstream_list;

/* One address; times in ns. */
struct report_upstream {
	struct upstream_key key;
	char name[UNIX_NAME_LEN];
	uint64_t asked; /* answers that it gave in the period, */
	uint64_t connections;
	uint64_t ns; /* and how long they took in all */
	struct percentiles took;
};

/* That with the most time first. A zeroed one is empty. */
struct report_upstreams {
	struct report_upstream *upstream;
	size_t count;
};

/* The upstreams of one process, or of a family's list in which each address is there once. To be
 * freed by report_upstreams_clear(). */
struct report_upstreams report_upstreams_of(const struct upstream_list *sums);

void report_upstreams_clear(struct report_upstreams *u);

#endif
