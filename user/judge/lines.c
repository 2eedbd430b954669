/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lines.c - see lines.h.
 *
 * What goes in: a report. What comes out: its processes in order. Pure: no kernel, no clock, no
 * I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "judge/endings.h"
#include "judge/lines.h"

const struct word line_keys[] = {
	{"requests", LINES_BY_REQUESTS}, {"reads", LINES_BY_READS}, {"cpu", LINES_BY_CPU},
	{"response", LINES_BY_RESPONSE}, {"pid", LINES_BY_PID},	    {NULL, 0},
};

/* Reads of the period that have a model. */
uint64_t line_reads(const struct report_task *t)
{
	return t->model.basis == BASIS_READS && !t->model.before ? t->model.count : 0;
}

/* Time (ns) of its threads in a phase. */
uint64_t line_time(const struct report_task *t, enum phase phase)
{
	return t->budget.io[phase] + t->budget.app[phase];
}

/* Whether it is known to wait for clients at a port. */
bool line_listens(const struct report_task *t)
{
	return *t->whose.ports && strcmp(t->whose.ports, PORTS_NONE) != 0;
}

/* A count by second of the time that the task was there. */
static double rate(uint64_t count, const struct report_task *t)
{
	return t->lived ? (double)count / (double)t->lived : 0;
}

/* What a task has of that by which it is sorted; more of it comes first. */
static double value_of(const struct report_task *t, enum line_key key)
{
	switch (key) {
	case LINES_BY_REQUESTS:
		return rate(t->exchanges.answered, t);
	case LINES_BY_READS:
		return rate(line_reads(t), t);
	case LINES_BY_CPU:
		return (double)report_task_on_cpu(t);
	case LINES_BY_RESPONSE:
		return t->exchanges.answered ? (double)t->exchanges.response.p99 : -1;
	default:
		return -(double)t->pid;
	}
}

/* The order of lines by a key: 0 if they are equal there. */
static int compare_by(const struct report_line *x, const struct report_line *y, enum line_key key)
{
	double a = value_of(x->task, key), b = value_of(y->task, key);

	return (a < b) - (a > b);
}

/* The order of lines: by the key, then by how busy they are; who waits for clients, then by pid. */
static int compare_lines(const void *a, const void *b, void *key)
{
	const struct report_line *x = a, *y = b;
	bool x_listens = line_listens(x->task), y_listens = line_listens(y->task);
	int order = compare_by(x, y, *(const enum line_key *)key);

	for (enum line_key k = LINES_BY_REQUESTS; k < LINES_BY_RESPONSE && !order; k++)
		order = compare_by(x, y, k);
	if (!order && x_listens != y_listens)
		order = x_listens ? -1 : 1;
	if (!order)
		order = compare_by(x, y, LINES_BY_PID);
	return order ? order : memcmp(x->task->comm, y->task->comm, COMM_LEN);
}

/* The lines of a report. */
struct line_list report_lines(const struct report *r, enum line_key key)
{
	size_t most = r->processes + r->ended.count;
	struct line_list list = {.line = xcalloc(most, sizeof(*list.line))};

	for (size_t i = 0; i < r->processes; i++) {
		const struct report_task *t = &r->process[i];

		if (t->pid && (!t->exited || t->left) && (!t->left || uses_sockets(t)))
			list.line[list.count++] = (struct report_line){.task = t};
	}
	list.processes = list.count;
	for (size_t i = 0; i < r->ended.count; i++)
		list.line[list.count++] = (struct report_line){
			.task = &r->ended.ending[i].sum,
			.ended = r->ended.ending[i].processes,
		};
	if (list.count)
		qsort_r(list.line, list.count, sizeof(*list.line), compare_lines, &key);
	return list;
}

void lines_clear(struct line_list *list)
{
	free(list->line);
	*list = (struct line_list){0};
}
