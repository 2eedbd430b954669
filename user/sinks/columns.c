/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * columns.c - the table of columns.
 *
 * What goes in: one call of one task in one report. What comes out: its fields, times in integer
 * nanoseconds, empty for what was not measured.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "sinks/columns.h"
#include "base/fmt.h"

/* Writes a field of CSV as RFC 4180 has it: quoted if need be, quotes doubled. */
void csv_write_field(FILE *out, const char *s)
{
	size_t length = strlen(s);
	/* Some readers strip blanks at the ends of a field that is not quoted. */
	bool blank = length && (s[0] == ' ' || s[length - 1] == ' ');

	if (!blank && !s[strcspn(s, ",\"\r\n")]) {
		fputs(s, out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', out);
		putc(*s, out);
	}
	putc('"', out);
}

/* The end of the period, RFC 3339 with milliseconds, in UTC. */
static void write_time(FILE *out, const struct record *r)
{
	struct tm tm = {0};
	char s[32];

	if (!gmtime_r(&r->report->utc.tv_sec, &tm))
		return;
	strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(out, "%s.%03ldZ", s, r->report->utc.tv_nsec / (long)NSEC_PER_MSEC);
}

/* The name of the task, safe on a terminal, on one line. */
static void write_comm(FILE *out, const struct record *r)
{
	csv_write_field(out, fmt_comm(r->task->comm, true).s);
}

/* The thread; nothing in the row of a whole process. */
static void write_tid(FILE *out, const struct record *r)
{
	if (r->task->tid)
		fprintf(out, "%d", r->task->tid);
}

/* The model of the task. */
static void write_model(FILE *out, const struct record *r)
{
	fputs(r->task->model.model->name, out);
}

/* The shape of the process's threads; nothing if it was not decided. */
static void write_shape(FILE *out, const struct record *r)
{
	if (r->task->shape.shape)
		fputs(r->task->shape.shape->name, out);
}

/* How many reads (without any: accepts) each model had, the most first; nothing without either. */
static void write_shares(FILE *out, const struct record *r)
{
	const struct model_decision *m = &r->task->model;

	for (unsigned int i = 0; i < m->shares; i++)
		fprintf(out, "%s%s=%" PRIu64, i ? " " : "", m->share[i].model->name,
			m->share[i].count);
}

/* A column that is an integer, and measured if `measured`. */
#define INTEGER(function, measured, value)                                                         \
	static void function(FILE *out, const struct record *r)                                    \
	{                                                                                          \
		if (measured)                                                                      \
			fprintf(out, "%" PRIu64, (uint64_t)(value));                               \
	}

/* A column that is a fixed word. */
#define WORD(function, value)                                                                      \
	static void function(FILE *out, const struct record *r)                                    \
	{                                                                                          \
		fputs(value, out);                                                                 \
	}

/* app is no call: it has times, but no outcomes. Without an ended call there is no percentile. */
#define IS_CALL	    (!r->call->is_app)
#define HAS_TIME    (!r->call->is_request)
#define HAS_ENDED   (IS_CALL && HAS_TIME && r->call->calls > 0)
#define HAS_LATENCY (r->call->has_latency)

INTEGER(write_interval, true, r->report->period)
INTEGER(write_pid, true, r->task->pid)
WORD(write_call, r->call->name)
WORD(write_class, r->call->class_name)
INTEGER(write_calls, IS_CALL, r->call->calls)
INTEGER(write_ok, IS_CALL, r->call->outcome[OUT_OK])
INTEGER(write_eof, IS_CALL, r->call->outcome[OUT_EOF])
INTEGER(write_again, IS_CALL, r->call->outcome[OUT_AGAIN])
INTEGER(write_timeout, IS_CALL, r->call->outcome[OUT_TIMEOUT])
INTEGER(write_interrupted, IS_CALL, r->call->outcome[OUT_INTERRUPTED])
INTEGER(write_error, IS_CALL, r->call->outcome[OUT_ERROR])
INTEGER(write_bytes, IS_CALL, r->call->bytes)
INTEGER(write_inflight, IS_CALL, r->call->inflight)
INTEGER(write_wait, HAS_TIME, r->call->ns[PHASE_WAIT])
INTEGER(write_runq, HAS_TIME, r->call->ns[PHASE_RUNQ])
INTEGER(write_cpu, HAS_TIME, r->call->ns[PHASE_CPU])
INTEGER(write_copy, HAS_TIME, r->call->ns[PHASE_COPY])
INTEGER(write_wait_p50, HAS_ENDED, r->call->wait.p50)
INTEGER(write_wait_p90, HAS_ENDED, r->call->wait.p90)
INTEGER(write_wait_p99, HAS_ENDED, r->call->wait.p99)
INTEGER(write_wait_max, HAS_ENDED, r->call->wait.max)
INTEGER(write_busy_p50, HAS_ENDED, r->call->busy.p50)
INTEGER(write_busy_p90, HAS_ENDED, r->call->busy.p90)
INTEGER(write_busy_p99, HAS_ENDED, r->call->busy.p99)
INTEGER(write_busy_max, HAS_ENDED, r->call->busy.max)
INTEGER(write_signal_p50, r->task->has_delays, r->task->signal_delay.p50)
INTEGER(write_signal_p99, r->task->has_delays, r->task->signal_delay.p99)
INTEGER(write_latency_p50, HAS_LATENCY, r->call->latency.p50)
INTEGER(write_latency_p90, HAS_LATENCY, r->call->latency.p90)
INTEGER(write_latency_p99, HAS_LATENCY, r->call->latency.p99)
INTEGER(write_latency_max, HAS_LATENCY, r->call->latency.max)

const struct column columns[] = {
	{"time", write_time},
	{"interval_ns", write_interval},
	{"pid", write_pid},
	{"tid", write_tid},
	{"comm", write_comm},
	{"model", write_model},
	{"call", write_call},
	{"class", write_class},
	{"calls", write_calls},
	{"ok", write_ok},
	{"eof", write_eof},
	{"again", write_again},
	{"timeout", write_timeout},
	{"interrupted", write_interrupted},
	{"error", write_error},
	{"bytes", write_bytes},
	{"inflight", write_inflight},
	{"wait_ns", write_wait},
	{"runq_ns", write_runq},
	{"cpu_ns", write_cpu},
	{"copy_ns", write_copy},
	{"wait_p50_ns", write_wait_p50},
	{"wait_p90_ns", write_wait_p90},
	{"wait_p99_ns", write_wait_p99},
	{"wait_max_ns", write_wait_max},
	{"busy_p50_ns", write_busy_p50},
	{"busy_p90_ns", write_busy_p90},
	{"busy_p99_ns", write_busy_p99},
	{"busy_max_ns", write_busy_max},
	{"shape", write_shape},
	{"signal_p50_ns", write_signal_p50},
	{"signal_p99_ns", write_signal_p99},
	{"latency_p50_ns", write_latency_p50},
	{"latency_p90_ns", write_latency_p90},
	{"latency_p99_ns", write_latency_p99},
	{"latency_max_ns", write_latency_max},
	{"model_counts", write_shares},
};

const size_t columns_count = ARRAY_SIZE(columns);
