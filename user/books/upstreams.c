/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * upstreams.c - see upstreams.h.
 *
 * What goes in: sums by process and address. What comes out: the same, in order, or what they grew
 * by. Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "books/upstreams.h"

/* The order of keys: by process, then by address. */
static int compare_keys(const void *a, const void *b)
{
	const struct upstream_key *x = &((const struct upstream_sums *)a)->key;
	const struct upstream_key *y = &((const struct upstream_sums *)b)->key;

	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	return memcmp(x, y, sizeof(*x));
}

/* Adds one that is not in the order yet. */
struct upstream_sums *upstreams_add(struct upstream_list *list, const struct upstream_key *key,
				    const char name[UNIX_NAME_LEN])
{
	struct upstream_sums *sum;

	/* Room is doubled. */
	if (!(list->count & (list->count - 1)))
		list->sum =
			xrealloc(list->sum, list->count ? 2 * list->count : 1, sizeof(*list->sum));
	sum = &list->sum[list->count++];
	*sum = (struct upstream_sums){.key = *key};
	memcpy(sum->name, name, sizeof(sum->name));
	return sum;
}

/* Adds the sums of another one. */
static void sum_add(struct upstream_sums *to, const struct upstream_sums *from)
{
	to->asked += from->asked;
	to->ns += from->ns;
	if (from->max > to->max)
		to->max = from->max;
	to->connections += from->connections;
	to->connections_ever += from->connections_ever;
	hist_add(&to->took, &from->took);
}

/* Whether one is of a process before that one. */
static bool is_before(const void *sum, const void *pid)
{
	return ((const struct upstream_sums *)sum)->key.tgid < *(const __u32 *)pid;
}

/* The first one of a process, or where it belongs. */
static size_t first_of(const struct upstream_list *list, pid_t pid)
{
	return search_place(list->sum, list->count, sizeof(*list->sum), &pid, is_before);
}

/* Adds copies of all that process `from` has in the list, as if it were process `to`. */
void upstreams_join(struct upstream_list *to_list, pid_t to, const struct upstream_list *list,
		    pid_t from)
{
	for (size_t i = first_of(list, from); i < list->count; i++) {
		const struct upstream_sums *sum = &list->sum[i];
		struct upstream_key key = sum->key;

		if (key.tgid != (__u32)from)
			break;
		key.tgid = (__u32)to;
		sum_add(upstreams_add(to_list, &key, sum->name), sum);
	}
}

/* Puts them in order; those of one key become one. */
void upstreams_sort(struct upstream_list *list)
{
	size_t kept = 0;

	if (!list->count)
		return;
	qsort(list->sum, list->count, sizeof(*list->sum), compare_keys);
	for (size_t i = 1; i < list->count; i++) {
		if (compare_keys(&list->sum[kept], &list->sum[i])) {
			list->sum[++kept] = list->sum[i];
			continue;
		}
		sum_add(&list->sum[kept], &list->sum[i]);
		hist_clear(&list->sum[i].took);
	}
	list->count = kept + 1;
}

/* Fills an empty list with what was answered between two snapshots. */
void upstreams_diff(struct upstream_list *list, const struct upstream_list *earlier,
		    const struct upstream_list *later, bool whole)
{
	static const struct upstream_sums none;

	for (size_t i = 0; i < later->count; i++) {
		const struct upstream_sums *now = &later->sum[i], *then = NULL;
		struct upstream_sums *sum;

		if (earlier->count)
			then = bsearch(now, earlier->sum, earlier->count, sizeof(*now),
				       compare_keys);
		if (!then)
			then = &none;
		if (now->asked <= then->asked)
			continue;
		sum = upstreams_add(list, &now->key, now->name);
		sum->asked = now->asked - then->asked;
		sum->ns = less(now->ns, then->ns);
		sum->connections_ever = less(now->connections_ever, then->connections_ever);
		sum->connections =
			whole ? sum->connections_ever : less(now->connections, then->connections);
		hist_add(&sum->took, &now->took);
		hist_subtract(&sum->took, &then->took);
		sum->max = hist_window_max(then->max, now->max, &sum->took);
	}
}

void upstreams_clear(struct upstream_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		hist_clear(&list->sum[i].took);
	free(list->sum);
	*list = (struct upstream_list){0};
}
