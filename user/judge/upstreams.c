/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * upstreams.c - see upstreams.h.
 *
 * What goes in: sums by address. What comes out: the same with percentiles, in the order in which
 * they matter. Pure: no kernel, clock, I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/upstreams.h"
#include "judge/upstreams.h"

/* The order of upstreams: the most time first, then by address. */
static int compare_upstreams(const void *a, const void *b)
{
	const struct report_upstream *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* The upstreams of one process, or of a family's list. */
struct report_upstreams report_upstreams_of(const struct upstream_list *sums)
{
	struct report_upstreams u = {.count = sums->count};

	if (!sums->count)
		return u;
	u.upstream = xcalloc(sums->count, sizeof(*u.upstream));
	for (size_t i = 0; i < sums->count; i++) {
		const struct upstream_sums *sum = &sums->sum[i];

		u.upstream[i] = (struct report_upstream){
			.key = sum->key,
			.asked = sum->asked,
			.connections = sum->connections,
			.ns = sum->ns,
			.took = percentiles_of(&sum->took, sum->asked, sum->max),
		};
		memcpy(u.upstream[i].name, sum->name, sizeof(sum->name));
	}
	qsort(u.upstream, u.count, sizeof(*u.upstream), compare_upstreams);
	return u;
}

void report_upstreams_clear(struct report_upstreams *u)
{
	free(u->upstream);
	*u = (struct report_upstreams){0};
}
