/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * endings.c - see endings.h.
 *
 * What goes in: processes of a report, and its window. What comes out: sums, which hold nothing of
 * the window: iophase top shows a report that is older than what the window leads to. Pure: no
 * kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/snapshot.h"
#include "judge/endings.h"
#include "judge/family.h"

bool uses_sockets(const struct report_task *t)
{
	const struct exchanges *e = &t->exchanges;
	uint64_t uses = t->socket_reads + t->connections + e->answered + e->asked;

	for (unsigned int side = 0; side < SIDES; side++)
		uses += e->side[side].reads + e->side[side].writes;
	for (size_t i = 0; i < t->calls; i++)
		if (t->call[i].op_class == CLASS_ACCEPT || t->call[i].op_class == CLASS_CONNECT)
			uses += t->call[i].calls;
	return uses;
}

/* The order of those that ended: by name. */
static int compare_names(const void *a, const void *b)
{
	const struct report_task *x = *(const struct report_task *const *)a;
	const struct report_task *y = *(const struct report_task *const *)b;

	return memcmp(x->comm, y->comm, COMM_LEN);
}

/* Sums up tasks that ended, of one name, as one more ending. */
static void add_sum(struct ending_list *list, const struct window *w, uint64_t period,
		    const struct report_task *const *ended, size_t count)
{
	struct report_ending *e = &list->ending[list->count++];
	struct family_sum *sum = xcalloc(1, sizeof(*sum));

	for (size_t i = 0; i < count; i++) {
		family_add(sum, task_list_find(&w->processes, ended[i]->pid, 0));
		e->processes += ended[i]->summed ? ended[i]->summed : 1;
	}
	memcpy(sum->window.comm, ended[0]->comm, COMM_LEN);
	sum->window.exited = true;
	sum->window.lived = period;
	report_task_fill(&e->sum, &sum->window, period);
	family_clear(sum);
	free(sum);
}

struct ending_list endings_sum(const struct window *w, uint64_t period,
			       const struct report_task **ended, size_t count)
{
	struct ending_list list = {.ending = xcalloc(count, sizeof(*list.ending))};
	size_t first = 0;

	if (count)
		qsort(ended, count, sizeof(*ended), compare_names);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && !compare_names(&ended[first], &ended[i]))
			continue;
		add_sum(&list, w, period, &ended[first], i - first);
		first = i;
	}
	return list;
}

bool is_ending(const struct report_task *t)
{
	return (!t->pid || (t->exited && !t->left)) && uses_sockets(t);
}

void endings_clear(struct ending_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		report_task_clear(&list->ending[i].sum);
	free(list->ending);
	*list = (struct ending_list){0};
}
