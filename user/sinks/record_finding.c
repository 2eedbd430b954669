/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_finding.c - the record `finding`: what the numbers of a process, a family or the whole
 * report say is wrong, or worth to know.
 *
 * What goes in: a report. What comes out: its findings as records, and the table of their columns.
 */
#include <inttypes.h>

#include "sinks/values.h"

INTEGER_COLUMN(get_pid, r->task, (uint64_t)r->task->pid)

/* The name of the process; none of the whole report. */
static void get_comm(struct value *v, const struct record *r)
{
	if (r->task)
		value_comm(v, r);
}

static void get_family(struct value *v, const struct record *r)
{
	if (r->task)
		value_family(v, r);
}

static void get_id(struct value *v, const struct record *r)
{
	value_word(v, r->finding->rule->id);
}

static void get_severity(struct value *v, const struct record *r)
{
	value_word(v, severity_name(r->finding->rule->severity));
}

static void get_sentence(struct value *v, const struct record *r)
{
	value_word(v, r->finding->sentence);
}

static void get_advice(struct value *v, const struct record *r)
{
	value_word(v, r->finding->rule->advice);
}

/* Of what it is said. */
static void get_scope(struct value *v, const struct record *r)
{
	value_word(v, !r->task ? "report" : r->task->processes ? "family" : "process");
}

/* The quantities that decided it, as "ready_rate=81234 io_per_ready=0": integers in their units. */
static void get_evidence(struct value *v, const struct record *r)
{
	const struct condition *when = r->finding->rule->when, *c = when;
	size_t used = 0;

	for (; c->quantity != Q_NONE && used < sizeof(v->buffer); c++) {
		uint64_t value = r->finding->value[c - when];

		/* Two conditions on one quantity stand beside each other. */
		if (c != when && c[-1].quantity == c->quantity)
			continue;
		used += (size_t)snprintf(v->buffer + used, sizeof(v->buffer) - used,
					 "%s%s=", used ? " " : "", quantities[c->quantity].name);
		if (value != NO_LIMIT && used < sizeof(v->buffer))
			used += (size_t)snprintf(v->buffer + used, sizeof(v->buffer) - used,
						 "%" PRIu64, value);
	}
	value_counts(v, v->buffer);
}

static const struct column columns[] = {
	{"time", value_time, VALUE_TEXT},
	{"interval_ns", value_interval, VALUE_INTEGER},
	{"pid", get_pid, VALUE_INTEGER},
	{"comm", get_comm, VALUE_TEXT},
	{"id", get_id, VALUE_TEXT},
	{"severity", get_severity, VALUE_TEXT},
	{"sentence", get_sentence, VALUE_TEXT},
	{"advice", get_advice, VALUE_TEXT},
	{"scope", get_scope, VALUE_TEXT},
	{"family", get_family, VALUE_INTEGER},
	{"evidence", get_evidence, VALUE_COUNTS},
};

/* Visits all findings, the worst first. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const struct finding *f = &report->findings.finding[i];
		struct record record = {.report = report, .task = f->task, .finding = f};

		visit(&record, context);
	}
}

/* Visits the findings of a process; with NULL, those of families and of the whole. */
static void each_of(const struct report *report, const struct report_task *task,
		    record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const struct finding *f = &report->findings.finding[i];
		bool is_wide = !f->task || f->task->processes;
		struct record record = {.report = report, .task = f->task, .finding = f};

		if (task ? f->task == task : is_wide)
			visit(&record, context);
	}
}

const struct record_kind record_finding = {
	.name = "finding",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
	.each_of = each_of,
};
