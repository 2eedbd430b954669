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
#include "sinks/process_cells.h"
#include "sinks/share_bar.h"
#include "sinks/sink.h"
#include "sinks/text_line.h"
#include "sinks/text_unseen.h"

enum {
	COLUMNS_MAX = 250, /* of a line */
};

/* The last number but one says which goes first when there is no room: the largest. */
/* clang-format off */
static const struct grid_column columns[] = {
	{"PID",       process_pid,       NULL, 0, false},
	{"USER",      process_user,      NULL, 5, true},
	{"NAME",      process_name,      NULL, 0, true},
	{"CONTAINER", process_container, NULL, 3, true},
	{"PORTS",     process_ports,     NULL, 0, true},
	{"MODEL",     process_model,     NULL, 0, true},
	{"SHAPE",     process_shape,     NULL, 4, true},
	{"READS/s",   process_reads,     NULL, 0, false},
	{"REQ/s",     process_requests,  NULL, 0, false},
	{"P99",       process_p99,       NULL, 1, false},
	{"CPU",       process_cpu,       NULL, 6, false},
	{"TIME",      process_time,      NULL, 2, true},
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
static void write_table(FILE *out, const struct line_list *lines, const struct style *style)
{
	struct process_row *shown = xcalloc(lines->count, sizeof(*shown));
	const void **rows = xcalloc(lines->count, sizeof(*rows));
	struct grid grid = {.column = columns,
			    .columns = ARRAY_SIZE(columns),
			    .row = rows,
			    .rows = lines->count};

	for (size_t i = 0; i < lines->count; i++) {
		shown[i] = (struct process_row){lines->line[i].task, lines->line[i].ended,
						style->utf8};
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
		write_table(out, &lines, style);
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
