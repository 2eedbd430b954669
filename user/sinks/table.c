/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.c - the table of calls in the text report.
 *
 * What goes in: the calls, or the requests, of one or more tasks. What comes out: aligned rows of
 * lines that fit. A column in which no row has anything is left out.
 */
#include <string.h>

#include "sinks/table.h"

#define INDENT 2

struct cell_of {
	const struct report_task *task;
	const struct report_call *call;
	enum room room;
};

/* A cell with nothing in it. */
static struct text nothing(void)
{
	return (struct text){"-"};
}

/* A count, or nothing for 0. */
static struct text count_cell(uint64_t n, enum room room)
{
	return n ? fmt_count(n, room) : nothing();
}

/* A duration (ns), or nothing for 0. */
static struct text duration_cell(uint64_t ns, enum room room)
{
	return ns ? fmt_duration(ns, room) : nothing();
}

/* A duration (ns) of calls that did not all take 0; nothing if the longest of them did. */
static struct text percentile_cell(uint64_t ns, uint64_t max, enum room room)
{
	return max ? fmt_duration(ns, room) : nothing();
}

/* The share of the task's time that the call took. */
static struct text time_cell(const struct cell_of *c)
{
	uint64_t ns = SUM_OF_PHASES(c->call->ns);

	return ns ? fmt_percent(ns, c->task->wall - c->task->quiet.ns, c->room) : nothing();
}

/* Ended calls per second. */
static struct text rate_cell(const struct cell_of *c)
{
	return c->call->calls ? fmt_rate(c->call->calls, c->task->lived, c->room) : nothing();
}

/* The bytes that went through. */
static struct text bytes_cell(const struct cell_of *c)
{
	return c->call->bytes ? fmt_bytes(c->call->bytes, c->room) : nothing();
}

#define COUNT_CELL(function, value)                                                                \
	static struct text function(const struct cell_of *c)                                       \
	{                                                                                          \
		return count_cell(c->call->value, c->room);                                        \
	}

#define DURATION_CELL(function, value)                                                             \
	static struct text function(const struct cell_of *c)                                       \
	{                                                                                          \
		return duration_cell(c->call->value, c->room);                                     \
	}

#define PERCENTILE_CELL(function, of, q)                                                           \
	static struct text function(const struct cell_of *c)                                       \
	{                                                                                          \
		return percentile_cell(c->call->of.q, c->call->of.max, c->room);                   \
	}

COUNT_CELL(ok_cell, outcome[OUT_OK])
COUNT_CELL(eof_cell, outcome[OUT_EOF])
COUNT_CELL(again_cell, outcome[OUT_AGAIN])
COUNT_CELL(timeout_cell, outcome[OUT_TIMEOUT])
COUNT_CELL(interrupted_cell, outcome[OUT_INTERRUPTED])
COUNT_CELL(error_cell, outcome[OUT_ERROR])
COUNT_CELL(inflight_cell, inflight)
PERCENTILE_CELL(wait_p50_cell, wait, p50)
PERCENTILE_CELL(wait_p99_cell, wait, p99)
DURATION_CELL(busy_p50_cell, busy.p50)
DURATION_CELL(busy_p99_cell, busy.p99)
DURATION_CELL(latency_p50_cell, latency.p50)
DURATION_CELL(latency_p90_cell, latency.p90)
DURATION_CELL(latency_p99_cell, latency.p99)
DURATION_CELL(latency_max_cell, latency.max)

#define BOTH (TABLE_CALLS | TABLE_REQUESTS)

/* The columns after the name. */
static const struct {
	const char *header;
	struct text (*cell)(const struct cell_of *c);
	unsigned int of;	 /* the tables that it is in */
	unsigned int expendable; /* which goes first when there is no room; 0: none does */
	const char *alone;	 /* the header if the column before it is left out */
} table[] = {
	{"time", time_cell, TABLE_CALLS, 10, NULL},
	{"/s", rate_cell, BOTH, 9, NULL},
	{"ok", ok_cell, BOTH, 0, NULL},
	{"eof", eof_cell, BOTH, 2, NULL},
	{"again", again_cell, BOTH, 0, NULL},
	{"timeout", timeout_cell, BOTH, 1, NULL},
	{"intr", interrupted_cell, BOTH, 7, NULL},
	{"error", error_cell, BOTH, 0, NULL},
	{"bytes", bytes_cell, BOTH, 3, NULL},
	{"wait p50", wait_p50_cell, TABLE_CALLS, 4, NULL},
	{"p99", wait_p99_cell, TABLE_CALLS, 0, "wait p99"},
	{"busy p50", busy_p50_cell, TABLE_CALLS, 5, NULL},
	{"p99", busy_p99_cell, TABLE_CALLS, 6, "busy p99"},
	{"done p50", latency_p50_cell, TABLE_REQUESTS, 0, NULL},
	{"p90", latency_p90_cell, TABLE_REQUESTS, 6, "done p90"},
	{"p99", latency_p99_cell, TABLE_REQUESTS, 0, "done p99"},
	{"max", latency_max_cell, TABLE_REQUESTS, 5, "done max"},
	{"in flight", inflight_cell, BOTH, 8, NULL},
};

_Static_assert(ARRAY_SIZE(table) <= TABLE_COLUMNS_MAX, "a layout has room for every column");

/* The header of a column that is shown. */
static const char *header_of(const struct layout *l, size_t t)
{
	return table[t].alone && !l->width[t - 1] ? table[t].alone : table[t].header;
}

/* Whether the call is a row of the table. */
static bool is_row(enum table_of of, const struct report_call *call)
{
	return !call->is_app && call->is_request == (of == TABLE_REQUESTS);
}

bool table_has_rows(enum table_of of, const struct report_task *task)
{
	for (size_t i = 0; i < task->calls; i++)
		if (is_row(of, &task->call[i]))
			return true;
	return false;
}

/* Whether a cell is not worth a column: it has nothing, or a percentile of 0. */
static bool says_nothing(const struct text *cell, enum room room)
{
	return !strcmp(cell->s, "-") || !strcmp(cell->s, fmt_duration(0, room).s);
}

/* Widens the columns to hold the calls of one task. */
static void layout_add(struct layout *l, const struct report_task *task)
{
	struct cell_of c = {.task = task, .room = l->room};

	for (size_t i = 0; i < task->calls; i++) {
		unsigned int name = INDENT + (unsigned int)strlen(task->call[i].name);

		c.call = &task->call[i];
		if (!is_row(l->of, c.call))
			continue;
		if (name > l->name_width)
			l->name_width = name;
		for (size_t t = 0; t < ARRAY_SIZE(table); t++) {
			struct text cell = table[t].cell(&c);
			unsigned int width = (unsigned int)strlen(cell.s);

			if (says_nothing(&cell, l->room) || !(table[t].of & l->of))
				continue;
			if (width > l->width[t])
				l->width[t] = width;
		}
	}
}

/* The columns of a line. */
static unsigned int layout_width(const struct layout *l)
{
	unsigned int width = l->name_width;

	for (size_t t = 0; t < ARRAY_SIZE(table); t++)
		if (l->width[t])
			width += l->gap + l->width[t];
	return width;
}

/* Leaves out the most expendable column that is still there; false if there is none. */
static bool layout_drop(struct layout *l)
{
	size_t victim = 0;

	for (size_t t = 1; t < ARRAY_SIZE(table); t++)
		if (l->width[t] &&
		    (!l->width[victim] || table[t].expendable > table[victim].expendable))
			victim = t;
	if (!l->width[victim] || !table[victim].expendable)
		return false;
	l->width[victim] = 0;
	l->no_room_for[victim] = true;
	return true;
}

/* Fits the calls, or the requests, of the tasks into a line: as wide as can be, then shorter, then
 * fewer columns. */
void table_fit(struct layout *l, enum table_of of, const struct report_task *tasks, size_t count,
	       const char *title)
{
	static const struct {
		enum room room;
		unsigned int gap;
	} tries[] = {{ROOM_FULL, 2}, {ROOM_FULL, 1}, {ROOM_SHORT, 1}, {ROOM_TIGHT, 1}};

	for (size_t try = 0; try < ARRAY_SIZE(tries); try++) {
		*l = (struct layout){
			.of = of,
			.columns = l->columns,
			.room = tries[try].room,
			.gap = tries[try].gap,
			.name_width = (unsigned int)strlen(title),
		};
		for (size_t i = 0; i < count; i++)
			if (!tasks[i].is_quiet)
				layout_add(l, &tasks[i]);
		for (size_t t = 0; t < ARRAY_SIZE(table); t++)
			if (l->width[t] && l->width[t] < strlen(header_of(l, t)))
				l->width[t] = (unsigned int)strlen(header_of(l, t));
		if (layout_width(l) <= l->columns)
			return;
	}
	while (layout_width(l) > l->columns && layout_drop(l))
		;
}

/* Writes the header line, which begins with the title. */
void table_write_header(FILE *out, const struct layout *l, const char *title, bool colour)
{
	fprintf(out, "%s%-*s", colour ? "\033[1m" : "", (int)l->name_width, title);
	for (size_t t = 0; t < ARRAY_SIZE(table); t++)
		if (l->width[t])
			fprintf(out, "%*s", (int)(l->gap + l->width[t]), header_of(l, t));
	fprintf(out, "%s\n", colour ? "\033[0m" : "");
}

/* Writes one row per call, or request, of the task. */
void table_write_rows(FILE *out, const struct layout *l, const struct report_task *task)
{
	struct cell_of c = {.task = task, .room = l->room};

	for (size_t i = 0; i < task->calls; i++) {
		c.call = &task->call[i];
		if (!is_row(l->of, c.call))
			continue;
		fprintf(out, "%*s%-*s", INDENT, "", (int)(l->name_width - INDENT), c.call->name);
		for (size_t t = 0; t < ARRAY_SIZE(table); t++)
			if (l->width[t])
				fprintf(out, "%*s", (int)(l->gap + l->width[t]),
					table[t].cell(&c).s);
		putc('\n', out);
	}
}

/* Writes a line that names the columns left out for lack of room, if there are any. */
void table_write_left_out(FILE *out, const struct layout *l)
{
	struct line line = {.out = out, .columns = l->columns, .indent = 4};

	for (size_t t = 0; t < ARRAY_SIZE(table); t++)
		if (l->no_room_for[t])
			line_add(&line, line.column ? ", " : "", "%s%s",
				 line.column ? "" : "  No room for ",
				 table[t].alone ? table[t].alone : table[t].header);
	if (line.column)
		line_add(&line, "; ", "the CSV has it.");
	line_end(&line);
}
