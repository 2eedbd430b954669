/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows.c - see rows.h.
 *
 * What goes in: a report, and what is to be listed of it. What comes out: rows. Pure: no terminal.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "top/rows.h"

/* The findings of a task: how many, and the worst. */
struct found {
	const struct report_task *task;
	const struct finding *worst;
	size_t count;
};

/* The order of what was found: by task, the worst first, as a report has them. */
static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return (x->worst > y->worst) - (x->worst < y->worst);
}

/* Finds the entry of a task. */
static int compare_task(const void *key, const void *entry)
{
	const struct report_task *task = key, *of = ((const struct found *)entry)->task;

	return (task > of) - (task < of);
}

/* Gathers the findings by task, in their order; returns of how many tasks there are some. */
static size_t gather_findings(const struct report *r, struct found *found)
{
	size_t all = 0, count = 0;

	for (size_t i = 0; i < r->findings.count; i++) {
		const struct finding *f = &r->findings.finding[i];

		if (f->task)
			found[all++] = (struct found){f->task, f, 1};
	}
	if (all)
		qsort(found, all, sizeof(*found), compare_found);
	for (size_t i = 0; i < all; i++) {
		if (count && found[count - 1].task == found[i].task)
			found[count - 1].count++;
		else
			found[count++] = found[i];
	}
	return count;
}

/* Adds a row for a task, of which so many that ended are summed. */
static void add(struct top_rows *rows, const struct top_choice *choice,
		const struct report_task *task, uint64_t ended)
{
	rows->row[rows->count++] =
		(struct top_row){.process = {.task = task, .ended = ended, .utf8 = choice->utf8}};
}

/* Lists families: the sum of each, or its only process; and those that ended by name. */
static void list_families(struct top_rows *rows, const struct report *r,
			  const struct top_choice *choice)
{
	rows->row = xcalloc(r->families + r->ended_families.count, sizeof(*rows->row));
	for (size_t i = 0; i < r->families; i++) {
		const struct report_family *f = &r->family[i];
		const struct report_task *t = f->sum ? f->sum : &r->process[f->first];

		if (t->pid && t->threads && (!t->left || t->io_calls || t->socket_reads))
			add(rows, choice, t, t->left ? f->count : 0);
	}
	for (size_t i = 0; i < r->ended_families.count; i++)
		add(rows, choice, &r->ended_families.ending[i].sum,
		    r->ended_families.ending[i].processes);
}

/* Lists processes, and those that ended by name. */
static void list_processes(struct top_rows *rows, const struct report *r,
			   const struct top_choice *choice)
{
	rows->lines = report_lines(r, LINES_BY_REQUESTS);
	rows->row = xcalloc(rows->lines.count, sizeof(*rows->row));
	for (size_t i = 0; i < rows->lines.count; i++)
		add(rows, choice, rows->lines.line[i].task, rows->lines.line[i].ended);
}

/* Whether a text has the filter in it, in letters of whatever case. */
static bool has(const char *text, const char *filter)
{
	size_t length = strlen(filter);

	for (; *text; text++) {
		size_t i = 0;

		while (i < length && text[i] &&
		       tolower((unsigned char)text[i]) == tolower((unsigned char)filter[i]))
			i++;
		if (i == length)
			return true;
	}
	return !length;
}

/* Whether something of who a row is has the filter in it. */
static bool matches(const struct top_row *row, const char *filter)
{
	static struct cell (*const asked[])(const void *, enum room) = {
		process_name,  process_pid,   process_user,
		process_ports, process_model, process_container};

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if (has(asked[i](row, ROOM_FULL).s, filter))
			return true;
	return false;
}

/* Leaves those that match. */
static void filter(struct top_rows *rows, const struct top_choice *choice)
{
	size_t kept = 0;

	rows->all = rows->count;
	if (!*choice->filter)
		return;
	for (size_t i = 0; i < rows->count; i++)
		if (matches(&rows->row[i], choice->filter))
			rows->row[kept++] = rows->row[i];
	rows->count = kept;
}

/* The order of rows: as the column says; equal ones stay in that of the list of ps. */
static int compare_rows(const void *a, const void *b, void *of)
{
	const struct top_row *x = a, *y = b;
	const struct top_choice *choice = of;
	bool ascends = choice->sort->ascends != choice->reversed;
	int order = (x->number > y->number) - (x->number < y->number);

	order = order ? order : strcmp(x->text.s, y->text.s);
	if (order)
		return ascends ? order : -order;
	return (x->place > y->place) - (x->place < y->place);
}

/* Sorts them. */
static void sort(struct top_rows *rows, const struct top_choice *choice)
{
	const struct top_column *by = choice->sort;

	for (size_t i = 0; i < rows->count; i++) {
		struct top_row *row = &rows->row[i];

		row->place = i;
		if (by->number)
			row->number = by->number(row);
		else
			row->text = by->cell(row, ROOM_FULL);
	}
	if (rows->count)
		qsort_r(rows->row, rows->count, sizeof(*rows->row), compare_rows, (void *)choice);
}

/* Gives the rows what was found of them. */
static void add_findings(struct top_rows *rows, const struct report *r)
{
	struct found *found = xcalloc(r->findings.count, sizeof(*found));
	size_t count = gather_findings(r, found);

	for (size_t i = 0; i < rows->count && count; i++) {
		struct top_row *row = &rows->row[i];
		const struct found *of =
			bsearch(row->process.task, found, count, sizeof(*found), compare_task);

		row->worst = of ? of->worst : NULL;
		row->findings = of ? of->count : 0;
	}
	free(found);
}

/* Has each row followed by its threads that did something. */
static void add_threads(struct top_rows *rows, const struct top_choice *choice)
{
	struct top_rows all = {0};
	size_t room = rows->count;

	for (size_t i = 0; i < rows->count; i++)
		room += rows->row[i].process.task->thread_count;
	all.row = xcalloc(room, sizeof(*all.row));
	for (size_t i = 0; i < rows->count; i++) {
		const struct report_task *t = rows->row[i].process.task;

		all.row[all.count++] = rows->row[i];
		for (size_t j = 0; j < t->thread_count; j++)
			if (!t->thread[j].is_quiet && !t->thread[j].summed)
				add(&all, choice, &t->thread[j], 0);
	}
	free(rows->row);
	rows->row = all.row;
	rows->count = all.count;
}

/* The rows of a report. */
struct top_rows top_rows_of(const struct report *r, const struct top_choice *choice)
{
	struct top_rows rows = {0};

	(choice->families ? list_families : list_processes)(&rows, r, choice);
	filter(&rows, choice);
	add_findings(&rows, r);
	sort(&rows, choice);
	if (choice->threads)
		add_threads(&rows, choice);
	return rows;
}

void top_rows_clear(struct top_rows *rows)
{
	lines_clear(&rows->lines);
	free(rows->row);
	*rows = (struct top_rows){0};
}
