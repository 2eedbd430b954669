/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_task.c - see text_task.h.
 *
 * What goes in: a task of a report. What comes out: who it is, its model and shape, the budget as
 * bars, its calls, its threads.
 */
#include <string.h>

#include "sinks/phrases.h"
#include "sinks/table.h"
#include "sinks/text_asides.h"
#include "sinks/text_findings.h"
#include "sinks/text_loops.h"
#include "sinks/text_exchanges.h"
#include "sinks/text_line.h"
#include "sinks/text_task.h"
#include "sinks/text_where.h"

enum {
	THREADS_FULL = 20, /* threads of a process that get a block */
	AFTER_BARS = 39,   /* the column at which bars begin */
};

#define CALLS_TITLE    "Calls"
#define REQUESTS_TITLE "Requests"

/* A name between quotation marks, so that one of several words ends somewhere. */
struct quoted {
	char s[sizeof(struct comm_text) + 2];
};

/* The name of a task, quoted; a quotation mark within it is \x22. */
static struct quoted quote(const char comm[COMM_LEN], const struct style *style)
{
	struct comm_text text = fmt_comm(comm, style->utf8);
	struct quoted q = {"\""};
	size_t used = 1;

	_Static_assert(sizeof(q.s) >= 4 * COMM_LEN + 3, "each byte may become four");
	for (const char *c = text.s; *c; c++) {
		if (*c == '"')
			used += (size_t)snprintf(q.s + used, sizeof(q.s) - used, "\\x22");
		else
			q.s[used++] = *c;
	}
	q.s[used] = '"';
	return q;
}

/* Adds how long it was watched, or that it was there for a part of that time only. */
static void add_time(struct line *l, const struct report_task *t, uint64_t ns, uint64_t period)
{
	bool part = t->lived && t->lived < period;

	line_add(l, "   ", "%s%s", part ? "lived " : "",
		 fmt_duration(part ? t->lived : ns, ROOM_FULL).s);
	if (t->exited && !t->summed)
		line_add(l, "   ", t->left ? "matches no longer" : "exited");
}

/* Adds who a thread is. */
static void add_thread(struct line *l, const struct report_task *t, uint64_t period,
		       const struct style *style)
{
	if (t->summed)
		line_add(l, "", "%s, summed", number_of(t->summed, "ended thread").s);
	else
		line_add(l, "", "thread %d", t->tid);
	if (!t->summed)
		line_add(l, " ", "%s", quote(t->comm, style).s);
	add_time(l, t, t->wall, period);
}

/* Adds the name and pid of a process or a family, and of how many processes. */
static void add_name(struct line *l, const struct report_task *t, const struct style *style)
{
	struct quoted name = quote(t->comm, style);
	unsigned int more = t->processes;

	if (t->is_total) {
		fputs(paint(style, PAINT_BOLD), l->out);
		line_add(l, "", "all %s processes", fmt_count(t->processes, ROOM_FULL).s);
		fputs(paint(style, PAINT_END), l->out);
		return;
	}
	if (!t->comm[0] && t->processes) {
		line_add(l, "", "pid %d, ended before, and its %s", t->pid,
			 more == 1 ? "1 process" : "processes");
		return;
	}
	fputs(paint(style, PAINT_BOLD), l->out);
	line_add(l, "", "%s", name.s);
	text_add_pid(l, t, style);
	fputs(paint(style, PAINT_END), l->out);
	if (more)
		line_add(l, " ", "and %s more %s", fmt_count(more - 1, ROOM_FULL).s,
			 more == 2 ? "process" : "processes");
}

/* Adds who it is: name, pid, threads, and how long it was watched. */
void text_add_identity(struct line *l, const struct report_task *t, uint64_t period,
		       const struct style *style)
{
	if (t->is_thread) {
		add_thread(l, t, period, style);
		return;
	}
	add_name(l, t, style);
	text_add_common_place(l, t, style);
	if (!t->threads)
		line_add(l, "   ", "%s", number_of(t->threads_ever, "thread").s);
	else if (t->threads_ever <= t->threads)
		line_add(l, "   ", "%s", number_of(t->threads, "thread").s);
	else
		line_add(l, "   ", "%s (%s ended)", number_of(t->threads, "thread").s,
			 fmt_count(t->threads_ever - t->threads, ROOM_FULL).s);
	add_time(l, t, period, period);
	if (t->summed)
		line_add(l, "   ", "%s %s summed", fmt_count(t->summed, ROOM_FULL).s,
			 t->summed == 1 ? "process" : "processes");
}

/* Whether a part of a whole is not 0.0 % of it; of what is, no sentence speaks. */
static bool shows(uint64_t part, uint64_t whole)
{
	return part && (double)part * 2000 >= (double)whole;
}

/* Adds the model in words, what it rests on, and in a further line the other models. */
void text_add_model(struct line *l, const struct model_decision *m)
{
	const struct phrase after = phrase_after_one(m);
	const char *before = m->before ? "none in this interval; before: " : "";

	switch (m->basis) {
	case BASIS_NONE:
		line_add(l, "   ", "%s", m->model->words);
		break;
	case BASIS_ASYNC:
		line_add(l, "   ", "%s (O_ASYNC is set)", m->model->words);
		break;
	case BASIS_TIME:
		if (m->requests)
			line_add(l, "   ", "%s (%s%s of %s)", m->model->words, before,
				 number_of(m->requests, "request").s, m->call);
		else
			line_add(l, "   ", "%s (%sby time: %s in %s)", m->model->words, before,
				 fmt_percent(m->ns, m->wall, ROOM_FULL).s, m->call);
		break;
	default:
		line_add(l, "   ", "%s (%s%s of %s%s", m->model->words, before,
			 fmt_percent(m->share[0].count, m->count, ROOM_FULL).s,
			 number_of(m->count, noun_of(m->basis)).s, *after.s ? ";" : ")");
		/* It begins with a semicolon and a blank. */
		if (*after.s)
			line_add(l, " ", "%s)", after.s + 2);
	}
	if (m->little)
		line_add_words(l, ", ", "little to go by");
	for (unsigned int i = 1; i < m->shares && shows(m->share[i].count, m->count); i++) {
		if (i == 1)
			line_break(l);
		line_add(l, i == 1 ? "" : ", ", "%s%s %s", i == 1 ? "also " : "",
			 m->share[i].model->brief,
			 fmt_percent(m->share[i].count, m->count, ROOM_FULL).s);
	}
}

/* Writes the line of the shape of a process's threads, if it was decided. */
static void write_shape(struct line *l, const struct shape_decision *d)
{
	const struct shape *shape = d->shape;

	if (!shape)
		return;
	line_break(l);
	line_add(l, "", "shape: %s", shape->words);
	if (shape->one)
		line_add(l, " ", "%s %s", fmt_count(d->count, ROOM_FULL).s,
			 d->count == 1 ? shape->one : shape->many);
	if (d->each)
		line_add(l, ", ", "%s", d->each->each);
}

/* Writes the line of one part of the budget, without its end; returns its columns. */
static unsigned int write_part(FILE *out, const struct style *style, const char *name,
			       const char *colour, uint64_t ns, uint64_t wall)
{
	struct part part = {
		.name = name,
		.colour = colour,
		.amount = fmt_amount(ns, wall),
		.ns = ns,
		.whole = wall,
	};

	return text_part(out, &part, style);
}

/* Writes which threads did nothing, and that their time is not in the bars. */
static void write_quiet(FILE *out, const struct quiet_threads *q, const struct style *style)
{
	struct line l = text_line(out, style, 4);
	unsigned int more = q->count;

	if (!q->count)
		return;
	line_add(&l, "", "  %s did nothing%s:", number_of(q->count, "thread").s,
		 q->ns ? ", left out here" : "");
	for (unsigned int i = 0; i < q->names; i++) {
		line_add(&l, i ? ", " : " ", "%s", fmt_comm(q->name[i].comm, style->utf8).s);
		if (q->name[i].count > 1)
			line_add(&l, " ", "(%s)", fmt_count(q->name[i].count, ROOM_FULL).s);
		more -= q->name[i].count;
	}
	if (more)
		line_add(&l, ", ", "%s more", fmt_count(more, ROOM_FULL).s);
	line_end(&l);
}

/*
 * Writes the line above the budget: whose time (ns) it is. Of several threads it says how many CPUs
 * they used together: a busy one among many is a small share.
 */
static void write_budget_header(FILE *out, const struct report_task *t, uint64_t wall,
				const struct style *style)
{
	struct line l = text_line(out, style, 4);
	uint64_t on_cpu = report_task_on_cpu(t);

	fputs(paint(style, PAINT_BOLD), out);
	line_add(&l, "", "Where the time went");
	fputs(paint(style, PAINT_END), out);
	line_add(&l, "   ", "%s of thread time", fmt_amount(wall, wall).s);
	line_add(&l, ", ", "%s accounted for", fmt_percent(t->accounted, wall, ROOM_FULL).s);
	/* In hundredths; a little is not 0.00. */
	if (t->threads_ever > 1 && on_cpu && on_cpu < t->lived / 200)
		line_add(&l, ", ", "under 0.01 CPUs used");
	else if (t->threads_ever > 1 && on_cpu && t->lived)
		line_add(&l, ", ", "%.2f CPUs used", (double)on_cpu / (double)t->lived);
	line_end(&l);
}

/* Writes where the time of the threads of a process went. */
static void write_budget(FILE *out, const struct report_task *t, const struct style *style)
{
	static const struct {
		const char *name, *colour;
		enum phase phase;
	} parts[] = {
		{"wait for I/O", "\033[34m", PHASE_WAIT},
		{"I/O run queue", "\033[31m", PHASE_RUNQ},
		{"I/O on CPU", "\033[33m", PHASE_CPU},
		{"copy to user", "\033[35m", PHASE_COPY},
	};
	const uint64_t *app = t->budget.app;
	uint64_t on_cpu = app[PHASE_CPU] + app[PHASE_COPY];
	uint64_t sum = on_cpu + app[PHASE_WAIT] + app[PHASE_RUNQ];
	uint64_t wall = t->wall - t->quiet.ns;
	struct line l = text_line(out, style, AFTER_BARS);

	write_budget_header(out, t, wall, style);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		write_part(out, style, parts[i].name, parts[i].colour, t->budget.io[parts[i].phase],
			   wall);
		putc('\n', out);
	}
	l.column = write_part(out, style, "application", "\033[32m", sum, wall);
	if (sum) {
		line_add(&l, "  ", "(%s on CPU,", fmt_amount(on_cpu, wall).s);
		line_add(&l, " ", "%s asleep,", fmt_amount(app[PHASE_WAIT], wall).s);
		line_add(&l, " ", "%s run queue)", fmt_amount(app[PHASE_RUNQ], wall).s);
	}
	putc('\n', out);
	write_quiet(out, &t->quiet, style);
}

/* Writes the shares of a thread's time that round to something in one line or two. */
static void write_shares(FILE *out, const struct report_task *t, const struct style *style)
{
	const struct time_budget *b = &t->budget;
	const struct {
		const char *name;
		uint64_t ns;
	} parts[] = {
		{"wait for I/O", b->io[PHASE_WAIT]},
		{"I/O run queue", b->io[PHASE_RUNQ]},
		{"I/O on CPU", b->io[PHASE_CPU]},
		{"copy to user", b->io[PHASE_COPY]},
		{"app on CPU", b->app[PHASE_CPU] + b->app[PHASE_COPY]},
		{"app asleep", b->app[PHASE_WAIT]},
		{"app run queue", b->app[PHASE_RUNQ]},
	};
	struct line l = text_line(out, style, 4);
	const char *gap = "    ";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!shows(parts[i].ns, t->wall))
			continue;
		line_add(&l, gap, "%s %s", parts[i].name,
			 fmt_percent(parts[i].ns, t->wall, ROOM_FULL).s);
		gap = ", ";
	}
	line_end(&l);
}

/* Writes the block of one thread. */
static void write_thread(FILE *out, const struct report *r, const struct report_task *t,
			 const struct layout *layout, const struct layout *requests,
			 const struct style *style)
{
	struct line l = text_line(out, style, 4);

	text_add_identity(&l, t, r->period, style);
	text_add_model(&l, &t->model);
	putc('\n', out);
	write_shares(out, t, style);
	table_write_rows(out, layout, t);
	if (!table_has_rows(TABLE_REQUESTS, t))
		return;
	table_write_header(out, requests, "    " REQUESTS_TITLE, false);
	table_write_rows(out, requests, t);
}

/* Writes the threads of a process, the most active ones; those that did nothing have been named. */
static void write_threads(FILE *out, const struct report *r, const struct report_task *t,
			  const struct style *style)
{
	size_t shown = t->thread_count < THREADS_FULL ? t->thread_count : THREADS_FULL;
	size_t hidden = 0;
	struct layout layout = {.columns = style_columns(style)}, requests = layout;

	if (!t->thread_count || style->no_threads)
		return;
	table_fit(&layout, TABLE_CALLS, t->thread, shown, "Threads");
	table_fit(&requests, TABLE_REQUESTS, t->thread, shown, "    " REQUESTS_TITLE);
	putc('\n', out);
	table_write_header(out, &layout, "Threads", style->colour);
	for (size_t i = 0; i < shown; i++)
		if (!t->thread[i].is_quiet)
			write_thread(out, r, &t->thread[i], &layout, &requests, style);
	table_write_left_out(out, &layout);
	/* What is summed is no thread, and is spoken of at the end. */
	for (size_t i = shown; i < t->thread_count; i++)
		hidden += !t->thread[i].summed && !t->thread[i].is_quiet;
	if (hidden)
		fprintf(out, "%s, less active; the CSV has them all.\n",
			number_of(hidden, "more thread").s);
}

/* Writes the calls, or the requests, of a process; false if there are none. */
static bool write_table(FILE *out, enum table_of of, const struct report_task *t, const char *title,
			const struct style *style)
{
	struct layout layout = {.columns = style_columns(style)};

	if (!table_has_rows(of, t))
		return false;
	table_fit(&layout, of, t, 1, title);
	putc('\n', out);
	table_write_header(out, &layout, title, style->colour);
	table_write_rows(out, &layout, t);
	table_write_left_out(out, &layout);
	return true;
}

/* Writes that a process makes no I/O calls, and who may make them for it. */
static void write_no_calls(FILE *out, const struct report_task *t, const struct style *style)
{
	struct line l = text_line(out, style, 2);

	putc('\n', out);
	if (t->unseen)
		line_add_words(&l, "",
			       "No I/O calls seen. It was running when iophase attached, and shows "
			       "what it does by its next call.");
	else if (!t->children)
		line_add_words(&l, "", "No I/O calls.");
	else
		line_add(&l, "", "No I/O calls of its own, but %s: -f traces %s too.",
			 number_of(t->children, "descendant").s, t->children == 1 ? "it" : "them");
	line_end(&l);
}

/* Writes the block of one process, or of a family as a whole. */
void text_write_process(FILE *out, const struct report *r, const struct report_task *t,
			const struct style *style)
{
	struct line l = text_line(out, style, 2);

	text_add_identity(&l, t, r->period, style);
	text_add_model(&l, &t->model);
	write_shape(&l, &t->shape);
	fputs("\n\n", out);
	text_exchanges(out, r, t, style);
	write_budget(out, t, style);
	text_findings(out, r, t, style);
	if (!write_table(out, TABLE_CALLS, t, CALLS_TITLE, style))
		write_no_calls(out, t, style);
	write_table(out, TABLE_REQUESTS, t, REQUESTS_TITLE, style);
	text_loops(out, t, style);
	text_asides(out, t, style);
	write_threads(out, r, t, style);
	putc('\n', out);
}
