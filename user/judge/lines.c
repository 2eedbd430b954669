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
#include "books/snapshot.h"
#include "judge/family.h"
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

/* Whether a task has used a socket in the period. */
static bool uses_sockets(const struct report_task *t)
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

/* The order of those that ended: by name. */
static int compare_names(const void *a, const void *b)
{
	const struct report_task *x = *(const struct report_task *const *)a;
	const struct report_task *y = *(const struct report_task *const *)b;

	return memcmp(x->comm, y->comm, COMM_LEN);
}

/* Sums up tasks that ended, of one name, as one more line; how many they were is told. */
static void add_sum(struct line_list *list, const struct report *r,
		    const struct report_task *const *ended, size_t count)
{
	struct report_task *t = &list->sum[list->sums++];
	struct family_sum *sum = xcalloc(1, sizeof(*sum));
	uint64_t processes = 0;

	for (size_t i = 0; i < count; i++) {
		family_add(sum, task_list_find(&r->window->processes, ended[i]->pid, 0));
		processes += ended[i]->summed ? ended[i]->summed : 1;
	}
	memcpy(sum->window.comm, ended[0]->comm, COMM_LEN);
	sum->window.exited = true;
	sum->window.lived = r->period;
	report_task_fill(t, &sum->window, r->period);
	family_clear(sum);
	free(sum);
	list->line[list->count++] = (struct report_line){t, processes};
}

/* Adds those that ended, which are in no order, summed by name. */
static void add_ended(struct line_list *list, const struct report *r,
		      const struct report_task **ended, size_t count)
{
	size_t first = 0;

	if (count)
		qsort(ended, count, sizeof(*ended), compare_names);
	list->sum = xcalloc(count, sizeof(*list->sum));
	for (size_t i = 1; i <= count; i++) {
		if (i < count && !compare_names(&ended[first], &ended[i]))
			continue;
		add_sum(list, r, &ended[first], i - first);
		first = i;
	}
}

/* The lines of a report. */
struct line_list report_lines(const struct report *r, enum line_key key)
{
	const struct report_task **ended = xcalloc(r->processes, sizeof(*ended));
	struct line_list list = {.line = xcalloc(r->processes, sizeof(*list.line))};
	size_t count = 0;

	for (size_t i = 0; i < r->processes; i++) {
		const struct report_task *t = &r->process[i];
		bool lives = t->pid && (!t->exited || t->left);

		if ((!lives || t->left) && !uses_sockets(t))
			continue;
		if (lives)
			list.line[list.count++] = (struct report_line){.task = t};
		else
			ended[count++] = t;
	}
	list.processes = list.count;
	add_ended(&list, r, ended, count);
	free(ended);
	if (list.count)
		qsort_r(list.line, list.count, sizeof(*list.line), compare_lines, &key);
	return list;
}

void lines_clear(struct line_list *list)
{
	for (size_t i = 0; i < list->sums; i++)
		report_task_clear(&list->sum[i]);
	free(list->sum);
	free(list->line);
	*list = (struct line_list){0};
}
