/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * history.c - see history.h.
 *
 * What goes in: reports, one after the other. What comes out: per process the latest of them. Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "top/history.h"

/* The order of pasts: by pid, the process before the family. */
static int compare(const void *a, const void *b)
{
	const struct past *x = *(const struct past *const *)a, *y = *(const struct past *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->family - y->family;
}

/* Finds what is known of one; NULL if that is nothing. */
static struct past *find(const struct top_history *h, pid_t pid, bool family)
{
	const struct past key = {.pid = pid, .family = family}, *const at = &key;
	struct past **found =
		h->count ? bsearch(&at, h->past, h->count, sizeof(*h->past), compare) : NULL;

	return found ? *found : NULL;
}

/* Adds the report of a task to what was known of it, in a further place of `to`. */
static void take(struct top_history *to, const struct top_history *from,
		 const struct report_task *t)
{
	struct past *p = find(from, t->pid, t->processes > 0);

	if (t->pid <= 0 || (!p && !t->exchanges.answered))
		return;
	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->pid = t->pid;
		p->family = t->processes > 0;
	}
	p->goes_on = true;
	if (p->count == HISTORY_REPORTS)
		memmove(p->moment, p->moment + 1, --p->count * sizeof(*p->moment));
	p->moment[p->count++] = (struct moment){
		.answered = t->exchanges.answered,
		.p50 = t->exchanges.response.p50,
		.p99 = t->exchanges.response.p99,
		.lived = t->lived,
	};
	to->past[to->count++] = p;
}

/* Adds a report. */
void top_history_take(struct top_history *h, const struct report *r)
{
	struct top_history next = {0};
	size_t room = h->count;

	/* Who is new here has answered something in this one. */
	for (size_t i = 0; i < r->processes; i++)
		room += r->process[i].exchanges.answered > 0;
	for (size_t i = 0; i < r->families; i++)
		room += r->family[i].sum && r->family[i].sum->exchanges.answered;
	next.past = xcalloc(room + 1, sizeof(struct past *));
	for (size_t i = 0; i < r->processes; i++)
		take(&next, h, &r->process[i]);
	for (size_t i = 0; i < r->families; i++)
		if (r->family[i].sum)
			take(&next, h, r->family[i].sum);
	qsort(next.past, next.count, sizeof(struct past *), compare);
	for (size_t i = 0; i < h->count; i++)
		if (!h->past[i]->goes_on)
			free(h->past[i]);
	for (size_t i = 0; i < next.count; i++)
		next.past[i]->goes_on = false;
	free(h->past);
	*h = next;
}

/* What is known of a task. */
const struct past *top_history_find(const struct top_history *h, const struct report_task *t)
{
	return find(h, t->pid, t->processes > 0);
}

void top_history_clear(struct top_history *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->past[i]);
	free(h->past);
	*h = (struct top_history){0};
}
