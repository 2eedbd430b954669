/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_text.c - the report that a person reads in ten seconds.
 *
 * What goes in: a report, and what the place it is read in can show. What comes out: per process
 * the model, the time budget as bars and the table of calls; then what was not seen. No line is
 * longer than 100 columns; colours say nothing that the words do not.
 */
#include <stdarg.h>
#include <string.h>

#include "base/fmt.h"
#include "sinks/phrases.h"
#include "sinks/sink.h"
#include "sinks/table.h"
#include "sinks/text_asides.h"

enum {
	PROCESSES_FULL = 10,  /* processes that get a block of their own */
	PROCESSES_BRIEF = 50, /* further ones that get a line */
	THREADS_FULL = 20,    /* threads of a process that get a block */
	BAR_CELLS = 40,	      /* of the longest bar */
	AFTER_BARS = 39,      /* the column at which bars begin */
};

#define CALLS_TITLE    "Calls"
#define REQUESTS_TITLE "Requests"

/* A line that is filled piece by piece and goes on in a further one before it gets too long. */
struct line {
	FILE *out;
	unsigned int column;
	unsigned int indent; /* of the lines after the first */
};

/* Writes one more piece, `gap` between it and the one before. */
__attribute__((format(printf, 3, 4))) static void line_add(struct line *l, const char *gap,
							   const char *format, ...)
{
	char piece[512];
	va_list args;

	va_start(args, format);
	vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	/* A comma belongs to the line that it ends, so there must be room for one more. */
	if (l->column + strlen(gap) + fmt_width(piece) >= LINE_COLUMNS && l->column > l->indent) {
		fprintf(l->out, "%s\n%*s", *gap == ',' ? "," : "", (int)l->indent, "");
		l->column = l->indent;
		gap = "";
	}
	fprintf(l->out, "%s%s", gap, piece);
	l->column += (unsigned int)strlen(gap) + fmt_width(piece);
}

/* Writes a text word by word, so that it is broken into lines. */
static void line_add_words(struct line *l, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (length)
			line_add(l, l->column > l->indent ? " " : "", "%.*s", (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
}

/* Starts and ends a stretch of colour. */
static const char *paint(const struct style *style, const char *code)
{
	return style->colour ? code : "";
}

/* Adds who it is: name, pid, threads, and how long it was watched. */
static void add_identity(struct line *l, const struct report_task *t, uint64_t period,
			 const struct style *style)
{
	struct comm_text comm = fmt_comm(t->comm, style->utf8);

	if (t->is_thread) {
		if (t->summed)
			line_add(l, "", "%s, summed", number_of(t->summed, "ended thread").s);
		else
			line_add(l, "", "thread %d %s", t->tid, comm.s);
		line_add(l, "   ", "%s", fmt_duration(t->wall, ROOM_FULL).s);
		if (t->exited && !t->summed)
			line_add(l, "   ", "exited");
		return;
	}
	line_add(l, "", "%s%s %d%s", paint(style, "\033[1m"), comm.s, t->pid,
		 paint(style, "\033[0m"));
	/* The colours take no columns. */
	l->column = fmt_width(comm.s) + 1 + (unsigned int)snprintf(NULL, 0, "%d", t->pid);
	if (!t->threads)
		line_add(l, "   ", "%s", number_of(t->threads_ever, "thread").s);
	else if (t->threads_ever <= t->threads)
		line_add(l, "   ", "%s", number_of(t->threads, "thread").s);
	else
		line_add(l, "   ", "%s (%s ended)", number_of(t->threads, "thread").s,
			 fmt_count(t->threads_ever - t->threads, ROOM_FULL).s);
	line_add(l, "   ", "%s", fmt_duration(period, ROOM_FULL).s);
	if (t->summed)
		line_add(l, "   ", "%s %s summed", fmt_count(t->summed, ROOM_FULL).s,
			 t->summed == 1 ? "process" : "processes");
	else if (t->exited)
		line_add(l, "   ", "exited");
}

/* Adds the model in words, what it rests on, and in a further line the other models. */
static void add_model(struct line *l, const struct model_decision *m)
{
	const char *noun = m->basis == BASIS_READS     ? "read"
			   : m->basis == BASIS_ACCEPTS ? "accept"
						       : "write";
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
		line_add(l, "   ", "%s (%s%s of %s%s)", m->model->words, before,
			 fmt_percent(m->share[0].count, m->count, ROOM_FULL).s,
			 number_of(m->count, noun).s, phrase_after_one(m).s);
	}
	if (m->shares < 2)
		return;
	fprintf(l->out, "\n%*s", (int)l->indent, "");
	l->column = l->indent;
	for (unsigned int i = 1; i < m->shares; i++)
		line_add(l, i == 1 ? "" : ", ", "%s%s %s", i == 1 ? "also " : "",
			 m->share[i].model->brief,
			 fmt_percent(m->share[i].count, m->count, ROOM_FULL).s);
}

/* Writes the line of the shape of a process's threads, if it was decided. */
static void write_shape(struct line *l, const struct shape_decision *d)
{
	const struct shape *shape = d->shape;

	if (!shape)
		return;
	fprintf(l->out, "\n%*s", (int)l->indent, "");
	l->column = l->indent;
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
	struct bar bar = fmt_bar(ns, wall, BAR_CELLS, style->utf8);
	int column = fprintf(out, "  %-13s %12s  %8s", name, fmt_amount(ns, wall).s,
			     fmt_percent(ns, wall, ROOM_FULL).s);

	if (!*bar.s)
		return (unsigned int)column;
	fprintf(out, "  %s%s%s", paint(style, colour), bar.s, paint(style, "\033[0m"));
	return (unsigned int)column + 2 + fmt_width(bar.s);
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
	struct line l = {.out = out, .indent = AFTER_BARS};

	fprintf(out, "%sWhere the time went%s   %s of thread time, %s accounted for\n",
		paint(style, "\033[1m"), paint(style, "\033[0m"), fmt_amount(t->wall, t->wall).s,
		fmt_percent(t->accounted, t->wall, ROOM_FULL).s);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		write_part(out, style, parts[i].name, parts[i].colour, t->budget.io[parts[i].phase],
			   t->wall);
		putc('\n', out);
	}
	l.column = write_part(out, style, "application", "\033[32m", sum, t->wall);
	if (sum) {
		line_add(&l, "  ", "(%s on CPU,", fmt_amount(on_cpu, t->wall).s);
		line_add(&l, " ", "%s asleep,", fmt_amount(app[PHASE_WAIT], t->wall).s);
		line_add(&l, " ", "%s run queue)", fmt_amount(app[PHASE_RUNQ], t->wall).s);
	}
	putc('\n', out);
}

/* Writes the shares of a thread's time that round to something in one line or two. */
static void write_shares(FILE *out, const struct report_task *t)
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
	struct line l = {.out = out, .indent = 4};
	const char *gap = "    ";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].ns < t->wall / 2000 || !parts[i].ns)
			continue;
		line_add(&l, gap, "%s %s", parts[i].name,
			 fmt_percent(parts[i].ns, t->wall, ROOM_FULL).s);
		gap = ", ";
	}
	if (l.column)
		putc('\n', out);
}

/* Writes the threads of a process, the most active ones. */
static void write_threads(FILE *out, const struct report *r, const struct report_task *t,
			  const struct style *style)
{
	size_t shown = t->thread_count < THREADS_FULL ? t->thread_count : THREADS_FULL;
	size_t hidden = 0;
	struct layout layout, requests;

	if (!t->thread_count)
		return;
	table_fit(&layout, TABLE_CALLS, r->period, t->thread, shown, "Threads");
	table_fit(&requests, TABLE_REQUESTS, r->period, t->thread, shown, "    " REQUESTS_TITLE);
	putc('\n', out);
	table_write_header(out, &layout, "Threads", style->colour);
	for (size_t i = 0; i < shown; i++) {
		struct line l = {.out = out, .indent = 4};

		add_identity(&l, &t->thread[i], r->period, style);
		add_model(&l, &t->thread[i].model);
		putc('\n', out);
		write_shares(out, &t->thread[i]);
		table_write_rows(out, &layout, &t->thread[i]);
		if (!table_has_rows(TABLE_REQUESTS, &t->thread[i]))
			continue;
		table_write_header(out, &requests, "    " REQUESTS_TITLE, false);
		table_write_rows(out, &requests, &t->thread[i]);
	}
	table_write_left_out(out, &layout);
	/* What is summed is no thread, and is spoken of at the end. */
	for (size_t i = shown; i < t->thread_count; i++)
		hidden += !t->thread[i].summed;
	if (hidden)
		fprintf(out, "%s, less active; the CSV has them all.\n",
			number_of(hidden, "more thread").s);
}

/* Writes the calls, or the requests, of a process; false if there are none. */
static bool write_table(FILE *out, enum table_of of, uint64_t period, const struct report_task *t,
			const char *title, const struct style *style)
{
	struct layout layout;

	if (!table_has_rows(of, t))
		return false;
	table_fit(&layout, of, period, t, 1, title);
	putc('\n', out);
	table_write_header(out, &layout, title, style->colour);
	table_write_rows(out, &layout, t);
	table_write_left_out(out, &layout);
	return true;
}

/* Writes the block of one process. */
static void write_process(FILE *out, const struct report *r, const struct report_task *t,
			  const struct style *style)
{
	struct line l = {.out = out, .indent = 2};

	add_identity(&l, t, r->period, style);
	add_model(&l, &t->model);
	write_shape(&l, &t->shape);
	fputs("\n\n", out);
	write_budget(out, t, style);
	if (!write_table(out, TABLE_CALLS, r->period, t, CALLS_TITLE, style))
		fputs("\nNo I/O calls.\n", out);
	write_table(out, TABLE_REQUESTS, r->period, t, REQUESTS_TITLE, style);
	text_asides(out, t);
	write_threads(out, r, t, style);
	putc('\n', out);
}

/* Writes the processes that get no block of their own. */
static void write_other_processes(FILE *out, const struct report *r, const struct style *style)
{
	size_t end = r->processes;

	if (r->processes <= PROCESSES_FULL)
		return;
	if (end > PROCESSES_FULL + PROCESSES_BRIEF)
		end = PROCESSES_FULL + PROCESSES_BRIEF;
	for (size_t i = PROCESSES_FULL; i < end; i++) {
		const struct report_task *t = &r->process[i];
		struct line l = {.out = out, .indent = 2};

		add_identity(&l, t, r->period, style);
		line_add(&l, "   ", "%s", number_of(t->io_calls, "I/O call").s);
		line_add(&l, "   ", "%s", t->model.model->brief);
		putc('\n', out);
	}
	if (end < r->processes)
		fprintf(out, "%s more, less active; the CSV has them all.\n",
			fmt_count(r->processes - end, ROOM_FULL).s);
	putc('\n', out);
}

/* Writes how many of those that ended have no line of their own, here and in the CSV. */
static void write_summed(FILE *out, const struct report *r)
{
	struct line l = {.out = out};

	if (r->summed_threads)
		line_add(&l, "",
			 "Threads that ended and are summed, in one line for each process: %s.",
			 fmt_count(r->summed_threads, ROOM_FULL).s);
	if (l.column)
		putc('\n', out);
	l.column = 0;
	if (r->summed_processes)
		line_add(&l, "", "Processes that ended and are summed, as pid 0, exited: %s.",
			 fmt_count(r->summed_processes, ROOM_FULL).s);
	if (l.column)
		putc('\n', out);
}

/* Writes what was lost, what was in flight, and the notes. */
static void write_unseen(FILE *out, const struct report *r)
{
	struct line l = {.out = out};

	if (!r->losses)
		line_add_words(&l, "Lost nothing.");
	for (size_t i = 0; i < r->losses; i++) {
		l = (struct line){.out = out, .indent = 2};
		line_add(&l, "", "Lost %s: %s", r->loss[i].name,
			 fmt_count(r->loss[i].count, ROOM_FULL).s);
		line_add(&l, " ", "(%s).", r->loss[i].sentence);
		putc('\n', out);
		l = (struct line){.out = out};
	}
	line_add(&l, l.column ? " " : "", "%s %s in flight when it began and %s when it ended.",
		 number_of(r->inflight_before, "call").s, r->inflight_before == 1 ? "was" : "were",
		 fmt_count(r->inflight, ROOM_FULL).s);
	if (r->requests)
		line_add(&l, " ", "%s %s in flight when it ended.",
			 number_of(r->requests, "request").s, r->requests == 1 ? "was" : "were");
	putc('\n', out);
	for (size_t i = 0; i < r->notes; i++) {
		l = (struct line){.out = out, .indent = 2};
		line_add_words(&l, r->note[i]);
		putc('\n', out);
	}
}

/* Writes the line of the time that a report of an interval begins with. */
static void write_interval(FILE *out, const struct report *r)
{
	struct tm tm = {0};

	if (!gmtime_r(&r->utc.tv_sec, &tm))
		return;
	fprintf(out, "-- %02d:%02d:%02d UTC, %llu.%03llu s --\n", tm.tm_hour, tm.tm_min, tm.tm_sec,
		r->period / NSEC_PER_SEC, r->period % NSEC_PER_SEC / NSEC_PER_MSEC);
}

/* Writes one report, headed by its time if it is one of several. */
static void write_report(FILE *out, const struct report *r, const struct style *style, bool headed)
{
	if (headed)
		write_interval(out, r);
	for (size_t i = 0; i < r->processes && i < PROCESSES_FULL; i++)
		write_process(out, r, &r->process[i], style);
	write_other_processes(out, r, style);
	if (!r->processes)
		fputs("No process was there to be seen.\n", out);
	write_summed(out, r);
	write_unseen(out, r);
	if (headed)
		putc('\n', out);
}

/* Writes the report of an interval, or of the whole time if that is the only one. */
static void text_report(struct sink_job *job, const struct report *r)
{
	write_report(job->out, r, &job->style, job->style.interval);
}

/* Writes the report of the whole time. */
static void text_total(struct sink_job *job, const struct report *r)
{
	write_report(job->out, r, &job->style, false);
}

const struct sink sink_text = {
	.name = "text",
	.help = "the report for people",
	.tells_losses = true,
	.report = text_report,
	.total = text_total,
};
