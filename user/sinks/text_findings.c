/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_findings.c - see text_findings.h.
 *
 * What goes in: the findings of a report. What comes out: at most five of them for each block, what
 * is wrong and what to do.
 */
#include "sinks/phrases.h"
#include "sinks/text_findings.h"
#include "sinks/text_line.h"

enum {
	FINDINGS_MAX = 5, /* of a block: who reads it has ten seconds */
};

/* Whether a finding belongs into the block of a task. */
static bool is_of(const struct finding *f, const struct report_task *t)
{
	if (!t || !f->task)
		return f->task == t;
	return f->task == t || (t->processes && f->task->family == t->family);
}

/* The findings of a block that its rule makes the same: one stands for all. */
struct shared {
	const struct finding *first; /* NULL: none is of the block */
	unsigned int count;	     /* of the block */
	size_t end;		     /* where those of the next rule begin */
};

/* Finds those of a rule, which follow each other, among all findings from `start` on. */
static struct shared shared_from(const struct report *r, size_t start, const struct report_task *t)
{
	const struct finding *all = r->findings.finding;
	struct shared s = {.end = start};

	for (; s.end < r->findings.count && all[s.end].rule == all[start].rule; s.end++) {
		if (!is_of(&all[s.end], t))
			continue;
		if (!s.count++)
			s.first = &all[s.end];
	}
	return s;
}

/* Writes one finding, which stands for `count`. */
static void write_finding(FILE *out, const struct finding *f, unsigned int count,
			  const struct report_task *t, const struct style *style)
{
	static const char *const colours[SEVERITIES] = {
		[SEVERITY_NOTE] = "",
		[SEVERITY_WARNING] = "\033[33m",
		[SEVERITY_PROBLEM] = "\033[31m",
	};
	struct line l = text_line(out, style, 4);
	enum severity severity = f->rule->severity;

	fputs("  ", out);
	l.column = 2;
	fputs(paint(style, colours[severity]), out);
	line_add(&l, "", "%s:", severity_name(severity));
	fputs(*colours[severity] ? paint(style, PAINT_END) : "", out);
	if (f->task != t) {
		line_add(&l, " ", "pid %d", f->task->pid);
		if (count > 1)
			line_add(&l, " ", "(and %s)", number_of(count - 1, "other").s);
		line_add(&l, "", ":");
	}
	line_add_words(&l, " ", f->sentence);
	line_add_words(&l, " ", f->rule->advice);
	line_add(&l, " ", "(%s)", f->rule->id);
	line_end(&l);
}

/* Writes what was found of a process or a family. */
void text_findings(FILE *out, const struct report *r, const struct report_task *t,
		   const struct style *style)
{
	unsigned int written = 0, more = 0;
	struct shared s;

	for (size_t i = 0; i < r->findings.count; i = s.end) {
		s = shared_from(r, i, t);
		if (!s.count)
			continue;
		if (written == FINDINGS_MAX) {
			more++;
			continue;
		}
		if (!written++)
			fprintf(out, "%s%sFindings%s   (iophase explain ID says more)\n",
				t ? "\n" : "", paint(style, PAINT_BOLD), paint(style, PAINT_END));
		write_finding(out, s.first, s.count, t, style);
	}
	if (more)
		fprintf(out, "  %s more, no worse; csv-findings has them all.\n",
			fmt_count(more, ROOM_FULL).s);
	/* What comes before a process's block ends with an empty line, and so does this. */
	if (written && !t)
		putc('\n', out);
}
