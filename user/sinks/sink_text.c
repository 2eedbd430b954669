/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_text.c - the report that a person reads in ten seconds.
 *
 * What goes in: a report, and what the place it is read in can show. What comes out: per process,
 * or family of processes, the model, the time budget as bars and the table of calls; then what was
 * not seen. Every line fits into the place; colours say nothing that the words do not.
 */
#include "sinks/sink.h"
#include "sinks/text_connections.h"
#include "sinks/text_findings.h"
#include "sinks/text_line.h"
#include "sinks/text_task.h"
#include "sinks/text_unseen.h"

enum {
	FAMILIES_FULL = 10,  /* families that get a block of their own, and members of each */
	FAMILIES_BRIEF = 50, /* further ones that get a line */
	MEMBERS_BRIEF = 20,  /* processes of a family that get a line */
};

/* Writes the line of a process, or family, that gets no block of its own. */
static void write_brief(FILE *out, const struct report *r, const struct report_task *t,
			const struct shape *known, const struct style *style)
{
	struct line l = text_line(out, style, 6);
	struct phrase little;

	line_add(&l, "", "  ");
	text_add_identity(&l, t, r->period, style);
	line_add(&l, "   ", "%s", number_of(t->io_calls, "I/O call").s);
	line_add(&l, "   ", "%s", t->model.model->brief);
	little = phrase_little(&t->model);
	if (*little.s)
		line_add(&l, " ", "(%s)", little.s);
	if (t->shape.shape && t->shape.shape != known)
		line_add(&l, ", ", "%s", t->shape.shape->name);
	line_end(&l);
}

/* Writes the processes of a family, a line each, or with all that is known of each. */
static void write_members(FILE *out, const struct report *r, const struct report_family *f,
			  const struct style *style)
{
	const struct report_task *member = &r->process[f->first];
	size_t shown = f->count < MEMBERS_BRIEF ? f->count : MEMBERS_BRIEF;
	bool full = style->members || r->has_threads;

	fprintf(out, "%s of the family\n", number_of(f->count, "member").s);
	for (size_t i = 0; i < shown; i++)
		write_brief(out, r, &member[i], f->sum->shape.shape, style);
	if (shown < f->count)
		fprintf(out, "  %s more, less active; the CSV has them all.\n",
			fmt_count(f->count - shown, ROOM_FULL).s);
	putc('\n', out);
	for (size_t i = 0; full && i < f->count && i < FAMILIES_FULL; i++)
		text_write_process(out, r, &member[i], style);
}

/* What is to be said of a family first: of all of it, or of its only process. */
static const struct report_task *face_of(const struct report *r, const struct report_family *f)
{
	return f->sum ? f->sum : &r->process[f->first];
}

/* How many findings are of processes and families that get no block of their own. */
static size_t findings_unsaid(const struct report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->findings.count; i++) {
		const struct report_task *task = r->findings.finding[i].task;
		size_t shown = 0;

		while (task && shown < FAMILIES_FULL && shown < r->families &&
		       r->family[shown].pid != task->family)
			shown++;
		count += shown == FAMILIES_FULL;
	}
	return count;
}

/* Writes the families that get no block of their own. */
static void write_other_families(FILE *out, const struct report *r, const struct style *style)
{
	size_t end = r->families, findings = findings_unsaid(r);

	if (r->families <= FAMILIES_FULL)
		return;
	if (end > FAMILIES_FULL + FAMILIES_BRIEF)
		end = FAMILIES_FULL + FAMILIES_BRIEF;
	for (size_t i = FAMILIES_FULL; i < end; i++)
		write_brief(out, r, face_of(r, &r->family[i]), NULL, style);
	if (end < r->families)
		fprintf(out, "%s more, less active; the CSV has them all.\n",
			fmt_count(r->families - end, ROOM_FULL).s);
	if (findings)
		fprintf(out, "%s of these; csv-findings has them.\n",
			number_of(findings, "finding").s);
	putc('\n', out);
}

/* Writes one report, headed by its time if it is one of several. */
static void write_report(FILE *out, const struct report *r, const struct style *style, bool headed)
{
	if (headed)
		text_interval(out, r);
	if (r->total.is_total)
		text_write_process(out, r, &r->total, style);
	for (size_t i = 0; i < r->families && i < FAMILIES_FULL; i++) {
		text_write_process(out, r, face_of(r, &r->family[i]), style);
		if (r->family[i].count > 1)
			write_members(out, r, &r->family[i], style);
	}
	write_other_families(out, r, style);
	if (!r->processes)
		fputs("No process was there to be seen.\n", out);
	text_connections(out, r, style);
	text_summed(out, r, style);
	text_let_go(out, r, style);
	text_findings(out, r, NULL, style);
	text_unseen(out, r, style, true);
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
