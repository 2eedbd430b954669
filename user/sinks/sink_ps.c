/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_ps.c - a line for each process of a report, as `iophase ps` shows them.
 *
 * What goes in: a report, and what the place it is read in can show. What comes out: a table that
 * fits, the busiest processes first; what the bars mean; what was lost. A column in which no row
 * has anything is left out; those that there is no room for are named.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "sinks/grid.h"
#include "sinks/share_bar.h"
#include "sinks/sink.h"
#include "sinks/text_line.h"
#include "sinks/text_unseen.h"

enum {
	COLUMNS_MAX = 250, /* of a line */
	NUMBER_LEN = 24,   /* of a number, with two brackets */
};

/* A row of the table. */
struct shown {
	const struct report *report;
	const struct report_line *line;
	bool utf8;
};

static const struct report_task *task_of(const void *row)
{
	return ((const struct shown *)row)->line->task;
}

/* A text of one line as a cell that is at most so wide: of one that is too long, the begin. */
static struct cell cell_clip(const char *text, unsigned int width)
{
	size_t length = strlen(text);
	struct cell c = {""};

	for (;;) {
		if (length + 2 <= sizeof(c.s))
			snprintf(c.s, sizeof(c.s), "%.*s%s", (int)length, text,
				 text[length] ? "+" : "");
		if (!length || (*c.s && fmt_width(c.s) <= width))
			return c;
		/* A character of UTF-8 goes as a whole. */
		do
			length--;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80);
	}
}

/* A text of anybody's making, of `size` bytes at most, as such a cell. */
static struct cell cell_safe(const void *row, const char *text, size_t size, unsigned int width)
{
	char safe[4 * PORTS_LEN + 1];

	fmt_escaped(safe, text, strnlen(text, size), ((const struct shown *)row)->utf8);
	return cell_clip(safe, width);
}

/* Of those that ended, which are one row for a name, how many they were. */
static struct cell pid_cell(const void *row, enum room room)
{
	const struct report_line *line = ((const struct shown *)row)->line;
	char number[NUMBER_LEN];

	if (line->ended)
		snprintf(number, sizeof(number), "(%.20s)", fmt_count(line->ended, room).s);
	else
		snprintf(number, sizeof(number), "%d", line->task->pid);
	return cell_of(number);
}

static struct cell user_cell(const void *row, enum room room)
{
	static const unsigned int width[] = {[ROOM_FULL] = 20, [ROOM_SHORT] = 12, [ROOM_TIGHT] = 8};

	return cell_safe(row, task_of(row)->whose.user, USER_LEN, width[room]);
}

static struct cell name_cell(const void *row, enum room room)
{
	static const unsigned int width[] = {
		[ROOM_FULL] = 40, [ROOM_SHORT] = 20, [ROOM_TIGHT] = 15};
	bool utf8 = ((const struct shown *)row)->utf8;

	return cell_clip(fmt_comm(task_of(row)->comm, utf8).s, width[room]);
}

/* The id of its container, as the engines print it. */
static struct cell container_cell(const void *row, enum room room)
{
	(void)room;
	return cell_safe(row, task_of(row)->where.container, WHERE_SHORT_LEN, WHERE_SHORT_LEN);
}

/* Its ports; ? where they are not known, although it was asked. */
static struct cell ports_cell(const void *row, enum room room)
{
	static const unsigned int width[] = {
		[ROOM_FULL] = 40, [ROOM_SHORT] = 24, [ROOM_TIGHT] = 13};
	const struct whose *whose = &task_of(row)->whose;
	char text[PORTS_LEN + 1];

	snprintf(text, sizeof(text), "%.*s", PORTS_LEN, whose->ports);
	if (!*text)
		return cell_of(*whose->user ? "?" : "");
	if (!strcmp(text, PORTS_NONE))
		return cell_of("");
	ports_cut(text, width[room]);
	return cell_safe(row, text, sizeof(text), width[room]);
}

static struct cell model_cell(const void *row, enum room room)
{
	(void)room;
	return cell_of(task_of(row)->model.model->name);
}

/* Its shape, and how many there are of what makes it, if that is more than one. */
static struct cell shape_cell(const void *row, enum room room)
{
	const struct shape_decision *d = &task_of(row)->shape;
	char text[80];

	if (!d->shape)
		return cell_of("");
	snprintf(text, sizeof(text), "%s %s", d->shape->name, fmt_count(d->count, room).s);
	return cell_of(d->count > 1 ? text : d->shape->name);
}

/* So many in the time that the process was there, by second; nothing for none. */
static struct cell rate_cell(const void *row, uint64_t count, enum room room)
{
	return cell_of(count ? fmt_rate(count, task_of(row)->lived, room).s : "");
}

static struct cell reads_cell(const void *row, enum room room)
{
	return rate_cell(row, line_reads(task_of(row)), room);
}

static struct cell requests_cell(const void *row, enum room room)
{
	return rate_cell(row, task_of(row)->exchanges.answered, room);
}

static struct cell p99_cell(const void *row, enum room room)
{
	const struct exchanges *e = &task_of(row)->exchanges;

	return cell_of(e->answered ? fmt_duration(e->response.p99, room).s : "");
}

/* The time on a CPU, of one. */
static struct cell cpu_cell(const void *row, enum room room)
{
	const struct report_task *t = task_of(row);
	uint64_t ns = report_task_on_cpu(t);

	return cell_of(ns ? fmt_percent(ns, t->lived, room).s : "");
}

/* Where the time of its threads went. */
static struct cell time_cell(const void *row, enum room room)
{
	static const unsigned int cells[] = {[ROOM_FULL] = 20, [ROOM_SHORT] = 12, [ROOM_TIGHT] = 8};
	uint64_t part[PHASES];

	for (unsigned int p = 0; p < PHASES; p++)
		part[p] = line_time(task_of(row), (enum phase)p);
	return share_bar(part, cells[room], ((const struct shown *)row)->utf8);
}

/* The last number but one says which goes first when there is no room: the largest. */
/* clang-format off */
static const struct grid_column columns[] = {
	{"PID",       pid_cell,       NULL, 0, false},
	{"USER",      user_cell,      NULL, 5, true},
	{"NAME",      name_cell,      NULL, 0, true},
	{"CONTAINER", container_cell, NULL, 3, true},
	{"PORTS",     ports_cell,     NULL, 0, true},
	{"MODEL",     model_cell,     NULL, 0, true},
	{"SHAPE",     shape_cell,     NULL, 4, true},
	{"READS/s",   reads_cell,     NULL, 0, false},
	{"REQ/s",     requests_cell,  NULL, 0, false},
	{"P99",       p99_cell,       NULL, 1, false},
	{"CPU",       cpu_cell,       NULL, 6, false},
	{"TIME",      time_cell,      NULL, 2, true},
};
/* clang-format on */

_Static_assert(ARRAY_SIZE(columns) <= GRID_COLUMNS_MAX, "a grid has room for every column");

/* Writes how many there are, in which order, and what the bars are made of. */
static void write_legend(FILE *out, const struct report *r, const struct line_list *lines,
			 const struct style *style)
{
	static const char *const order[LINE_KEYS] = {
		[LINES_BY_REQUESTS] = "the most requests first",
		[LINES_BY_READS] = "the most reads first",
		[LINES_BY_CPU] = "the most time on a CPU first",
		[LINES_BY_RESPONSE] = "the slowest responses first",
		[LINES_BY_PID] = "by pid",
	};
	static const char *const phase[PHASES] = {
		[PHASE_WAIT] = "asleep",
		[PHASE_RUNQ] = "run queue",
		[PHASE_CPU] = "on CPU",
		[PHASE_COPY] = "copy to user",
	};
	struct line l = text_line(out, style, 2);

	line_add(&l, "", "%zu process%s, %s,", lines->processes, lines->processes == 1 ? "" : "es",
		 fmt_duration(r->period, ROOM_FULL).s);
	line_add(&l, " ", "%s.", order[style->lines_by]);
	for (unsigned int p = 0; p < PHASES; p++)
		line_add(&l, p ? ", " : " ", "%s%s %s%s",
			 p ? "" : "TIME: ", share_sign((enum phase)p, style->utf8), phase[p],
			 p + 1 == PHASES ? "." : "");
	if (lines->processes < lines->count)
		line_add_words(&l, " ", "(N): so many that ended, instead of a pid.");
	line_end(&l);
}

/* Names the columns that there is no room for. */
static void write_left_out(FILE *out, const struct grid *g, const struct style *style)
{
	struct line l = text_line(out, style, 2);

	for (size_t i = 0; i < g->columns; i++)
		if (g->no_room_for[i])
			line_add(&l, l.column ? ", " : "", "%s%s", l.column ? "" : "No room for ",
				 g->column[i].header);
	if (l.column)
		line_add(&l, "; ", "-o json: has it.");
	line_end(&l);
}

/* Writes the table. */
static void write_table(FILE *out, const struct report *r, const struct line_list *lines,
			const struct style *style)
{
	struct shown *shown = xcalloc(lines->count, sizeof(*shown));
	const void **rows = xcalloc(lines->count, sizeof(*rows));
	struct grid grid = {.column = columns,
			    .columns = ARRAY_SIZE(columns),
			    .row = rows,
			    .rows = lines->count};

	for (size_t i = 0; i < lines->count; i++) {
		shown[i] = (struct shown){r, &lines->line[i], style->utf8};
		rows[i] = &shown[i];
	}
	grid_fit(&grid, style_columns(style));
	grid_write(out, &grid, style->colour);
	write_left_out(out, &grid, style);
	free(shown);
	free(rows);
}

/* Writes one report. */
static void write_report(FILE *out, const struct report *r, const struct style *style, bool headed)
{
	struct line_list lines = report_lines(r, style->lines_by);

	if (headed)
		text_interval(out, r);
	if (lines.count)
		write_table(out, r, &lines, style);
	write_legend(out, r, &lines, style);
	text_let_go(out, r, style);
	text_unseen(out, r, style, false);
	if (headed)
		putc('\n', out);
	lines_clear(&lines);
}

/* Writes the list of an interval, or of the whole time if that is the only one. */
static void ps_report(struct sink_job *job, const struct report *r)
{
	write_report(job->out, r, &job->style, job->style.interval);
}

/* Writes the list of the whole time. */
static void ps_total(struct sink_job *job, const struct report *r)
{
	write_report(job->out, r, &job->style, false);
}

const struct sink sink_ps = {
	.name = "ps",
	.help = "a line for each process, as iophase ps shows them",
	.tells_losses = true,
	.tells_whose = true,
	.columns_max = COLUMNS_MAX,
	.report = ps_report,
	.total = ps_total,
};
