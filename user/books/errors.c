/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * errors.c - see errors.h.
 *
 * What goes in: errnos and how often they came. What comes out: sums by errno. Pure: no kernel, no
 * clock, no I/O.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "books/errors.h"

/* The sum of an errno, NULL if there is none. */
static struct error_sum *errors_find(const struct errors *e, unsigned int error)
{
	for (unsigned int i = 0; i < e->count; i++)
		if (e->sum[i].error == error)
			return &e->sum[i];
	return NULL;
}

/* Adds `count` failures by that errno. */
void errors_count(struct errors *e, unsigned int error, uint64_t count)
{
	struct error_sum *sum = errors_find(e, error);

	if (!sum) {
		e->sum = xrealloc(e->sum, e->count + 1, sizeof(*e->sum));
		sum = &e->sum[e->count++];
		*sum = (struct error_sum){.error = error};
	}
	sum->count += count;
}

/* Adds all of `from`. */
void errors_add(struct errors *to, const struct errors *from)
{
	for (unsigned int i = 0; i < from->count; i++)
		errors_count(to, from->sum[i].error, from->sum[i].count);
}

/* Takes off what was there earlier; what is 0 then is not in it any more. */
void errors_subtract(struct errors *e, const struct errors *earlier)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < e->count; i++) {
		const struct error_sum *then = errors_find(earlier, e->sum[i].error);

		if (then && then->count >= e->sum[i].count)
			continue;
		e->sum[kept] = e->sum[i];
		e->sum[kept++].count -= then ? then->count : 0;
	}
	e->count = kept;
}

/* The order of errors: the most frequent first, then by errno. */
static int compare_errors(const void *a, const void *b)
{
	const struct error_sum *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->error > y->error) - (x->error < y->error);
}

/* Puts the most frequent ones first. */
void errors_sort(struct errors *e)
{
	if (e->count)
		qsort(e->sum, e->count, sizeof(*e->sum), compare_errors);
}

void errors_clear(struct errors *e)
{
	free(e->sum);
	*e = (struct errors){0};
}
