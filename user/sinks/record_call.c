/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_call.c - the record `call`: one call of one process, or with -t of one thread.
 *
 * What goes in: a report. What comes out: its calls as records, and the table of their columns.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/errno_name.h"
#include "sinks/values.h"

enum {
	ERROR_TEXT_MAX = 48, /* a name, a number and two signs */
};

/* app is no call: it has times, but no outcomes. Without an ended call there is no percentile. */
#define IS_CALL	    (!r->call->is_app)
#define HAS_TIME    (!r->call->is_request)
#define IS_COUNTED  (IS_CALL && r->call->is_counted)
#define HAS_CPU	    (HAS_TIME && r->call->is_divided)
#define HAS_ENDED   (IS_CALL && HAS_TIME && r->call->has_wait)
#define HAS_BUSY    (IS_CALL && HAS_TIME && r->call->has_busy)
#define HAS_BYTES   (IS_COUNTED || (IS_CALL && r->call->bytes))
#define HAS_LATENCY (r->call->has_latency)

/* The name of the call. */
static void get_call(struct value *v, const struct record *r)
{
	value_word(v, r->call->name);
}

/* What kind of call it is. */
static void get_class(struct value *v, const struct record *r)
{
	value_word(v, r->call->class_name);
}

/* Why calls failed, the most frequent errors first; nothing if none did. */
static void get_errors(struct value *v, const struct record *r)
{
	const struct errors *e = &r->call->errors;
	uint64_t others = r->call->outcome[OUT_ERROR];
	size_t used = 0;

	/* One more is sure to fit in: the others. */
	for (unsigned int i = 0; i < e->count && used + 3 * ERROR_TEXT_MAX < sizeof(v->buffer);
	     i++) {
		const char *name = errno_name(e->sum[i].error);
		char number[ERROR_TEXT_MAX];

		snprintf(number, sizeof(number), "%u", e->sum[i].error);
		used += (size_t)snprintf(v->buffer + used, sizeof(v->buffer) - used,
					 "%s%s=%" PRIu64, used ? " " : "", name ?: number,
					 e->sum[i].count);
		others -= e->sum[i].count < others ? e->sum[i].count : others;
	}
	if (others)
		snprintf(v->buffer + used, sizeof(v->buffer) - used, "%sother=%" PRIu64,
			 used ? " " : "", others);
	if (used || others)
		value_counts(v, v->buffer);
}

/* The thread; nothing in the record of a whole process. */
INTEGER_COLUMN(get_tid, r->task->tid, (uint64_t)r->task->tid)
INTEGER_COLUMN(get_calls, IS_COUNTED, r->call->calls)
INTEGER_COLUMN(get_ok, IS_COUNTED, r->call->outcome[OUT_OK])
INTEGER_COLUMN(get_eof, IS_COUNTED, r->call->outcome[OUT_EOF])
INTEGER_COLUMN(get_again, IS_COUNTED, r->call->outcome[OUT_AGAIN])
INTEGER_COLUMN(get_timeout, IS_COUNTED, r->call->outcome[OUT_TIMEOUT])
INTEGER_COLUMN(get_interrupted, IS_COUNTED, r->call->outcome[OUT_INTERRUPTED])
INTEGER_COLUMN(get_error, IS_COUNTED, r->call->outcome[OUT_ERROR])
INTEGER_COLUMN(get_bytes, HAS_BYTES, r->call->bytes)
INTEGER_COLUMN(get_peeks, IS_COUNTED, r->call->peeks)
INTEGER_COLUMN(get_inflight, IS_CALL, r->call->inflight)
INTEGER_COLUMN(get_wait, HAS_TIME, r->call->ns[PHASE_WAIT])
INTEGER_COLUMN(get_runq, HAS_TIME, r->call->ns[PHASE_RUNQ])
INTEGER_COLUMN(get_cpu, HAS_CPU, r->call->ns[PHASE_CPU])
INTEGER_COLUMN(get_copy, HAS_TIME, r->call->ns[PHASE_COPY])
INTEGER_COLUMN(get_wait_p50, HAS_ENDED, r->call->wait.p50)
INTEGER_COLUMN(get_wait_p90, HAS_ENDED, r->call->wait.p90)
INTEGER_COLUMN(get_wait_p99, HAS_ENDED, r->call->wait.p99)
INTEGER_COLUMN(get_wait_max, HAS_ENDED, r->call->wait.max)
INTEGER_COLUMN(get_busy_p50, HAS_BUSY, r->call->busy.p50)
INTEGER_COLUMN(get_busy_p90, HAS_BUSY, r->call->busy.p90)
INTEGER_COLUMN(get_busy_p99, HAS_BUSY, r->call->busy.p99)
INTEGER_COLUMN(get_busy_max, HAS_BUSY, r->call->busy.max)
INTEGER_COLUMN(get_samples, r->task->light &&HAS_TIME, r->call->samples)
INTEGER_COLUMN(get_signal_p50, r->task->has_delays, r->task->signal_delay.p50)
INTEGER_COLUMN(get_signal_p99, r->task->has_delays, r->task->signal_delay.p99)
INTEGER_COLUMN(get_latency_p50, HAS_LATENCY, r->call->latency.p50)
INTEGER_COLUMN(get_latency_p90, HAS_LATENCY, r->call->latency.p90)
INTEGER_COLUMN(get_latency_p99, HAS_LATENCY, r->call->latency.p99)
INTEGER_COLUMN(get_latency_max, HAS_LATENCY, r->call->latency.max)

static const struct column columns[] = {
	{"time", value_time, VALUE_TEXT},
	{"interval_ns", value_interval, VALUE_INTEGER},
	{"pid", value_pid, VALUE_INTEGER},
	{"tid", get_tid, VALUE_INTEGER},
	{"comm", value_comm, VALUE_TEXT},
	{"model", value_model, VALUE_TEXT},
	{"call", get_call, VALUE_TEXT},
	{"class", get_class, VALUE_TEXT},
	{"calls", get_calls, VALUE_INTEGER},
	{"ok", get_ok, VALUE_INTEGER},
	{"eof", get_eof, VALUE_INTEGER},
	{"again", get_again, VALUE_INTEGER},
	{"timeout", get_timeout, VALUE_INTEGER},
	{"interrupted", get_interrupted, VALUE_INTEGER},
	{"error", get_error, VALUE_INTEGER},
	{"bytes", get_bytes, VALUE_INTEGER},
	{"inflight", get_inflight, VALUE_INTEGER},
	{"wait_ns", get_wait, VALUE_INTEGER},
	{"runq_ns", get_runq, VALUE_INTEGER},
	{"cpu_ns", get_cpu, VALUE_INTEGER},
	{"copy_ns", get_copy, VALUE_INTEGER},
	{"wait_p50_ns", get_wait_p50, VALUE_INTEGER},
	{"wait_p90_ns", get_wait_p90, VALUE_INTEGER},
	{"wait_p99_ns", get_wait_p99, VALUE_INTEGER},
	{"wait_max_ns", get_wait_max, VALUE_INTEGER},
	{"busy_p50_ns", get_busy_p50, VALUE_INTEGER},
	{"busy_p90_ns", get_busy_p90, VALUE_INTEGER},
	{"busy_p99_ns", get_busy_p99, VALUE_INTEGER},
	{"busy_max_ns", get_busy_max, VALUE_INTEGER},
	{"shape", value_shape, VALUE_TEXT},
	{"signal_p50_ns", get_signal_p50, VALUE_INTEGER},
	{"signal_p99_ns", get_signal_p99, VALUE_INTEGER},
	{"latency_p50_ns", get_latency_p50, VALUE_INTEGER},
	{"latency_p90_ns", get_latency_p90, VALUE_INTEGER},
	{"latency_p99_ns", get_latency_p99, VALUE_INTEGER},
	{"latency_max_ns", get_latency_max, VALUE_INTEGER},
	{"model_counts", value_model_counts, VALUE_COUNTS},
	{"peeks", get_peeks, VALUE_INTEGER},
	{"errors", get_errors, VALUE_COUNTS},
	{"family", value_family, VALUE_INTEGER},
	{"samples", get_samples, VALUE_INTEGER},
};

/* Visits the calls of one task. */
static void each_call(const struct report *report, const struct report_task *task,
		      record_visit *visit, void *context)
{
	for (size_t i = 0; i < task->calls; i++) {
		struct record record = {.report = report, .task = task, .call = &task->call[i]};

		visit(&record, context);
	}
}

/* Visits the calls of all processes, or of their threads if the report has these. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->processes; i++) {
		const struct report_task *process = &report->process[i];

		if (!report->has_threads)
			each_call(report, process, visit, context);
		for (size_t t = 0; t < process->thread_count; t++)
			each_call(report, &process->thread[t], visit, context);
	}
}

const struct record_kind record_call = {
	.name = "call",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
	.each_of = each_call,
};
