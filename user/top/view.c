/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view.c - see view.h.
 */
#include <string.h>

#include "top/view.h"

/* The view at the begin. */
void top_view_begin(struct top_view *v, const struct top_column *sort, bool utf8)
{
	*v = (struct top_view){
		.choice = {.sort = sort, .utf8 = utf8},
		.shown = top_columns_usual(),
	};
}

/* Who a row is. */
struct top_who top_who_of(const struct top_row *row)
{
	const struct report_task *t = row->process.task;
	struct top_who who = {.pid = t->pid, .tid = t->tid, .family = t->processes > 0};

	if (row->process.ended)
		memcpy(who.comm, t->comm, COMM_LEN);
	return who;
}

/* Goes to another page; to the same one: back. */
void top_view_go(struct top_view *v, enum top_page page)
{
	size_t depth = 0;

	v->scroll = 0;
	if (v->page == page) {
		v->page = v->depth ? v->way[--v->depth] : PAGE_LIST;
		return;
	}
	/* A page that one came from is gone back to, so the way has no circles. */
	while (depth < v->depth && v->way[depth] != page)
		depth++;
	if (depth == v->depth && page != PAGE_LIST)
		v->way[v->depth++] = v->page;
	else
		v->depth = depth;
	v->page = page;
}

/* Whether connections one by one are looked at. */
bool top_view_wants_connections(const struct top_view *v)
{
	return v->page == PAGE_SOCKETS || v->page == PAGE_TASK;
}

/* Frees what it holds. */
void top_view_end(struct top_view *v)
{
	top_history_clear(&v->history);
}
