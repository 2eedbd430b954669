/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_process.c - the record `process`: what is said of a process as a whole.
 *
 * What goes in: a report. What comes out: its processes as records, and the table of their columns.
 */
#include <string.h>

#include "base/fmt.h"
#include "sinks/values.h"

/* All that was lost in the period, of whatever kind and process: the kernel cannot tell whose. */
static uint64_t sum_of_losses(const struct report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->losses; i++)
		if (__builtin_add_overflow(sum, report->loss[i].count, &sum))
			return UINT64_MAX;
	return sum;
}

INTEGER_COLUMN(get_threads, true, r->task->threads)
INTEGER_COLUMN(get_threads_ever, true, r->task->threads_ever)
INTEGER_COLUMN(get_wall, true, r->task->wall)
INTEGER_COLUMN(get_stopped, true, r->task->stopped_ns)
INTEGER_COLUMN(get_wakeups, true, r->task->wakeups)
INTEGER_COLUMN(get_lived, true, r->task->lived)
INTEGER_COLUMN(get_quiet, true, r->task->quiet.count)
INTEGER_COLUMN(get_lost, true, sum_of_losses(r->report))
INTEGER_COLUMN(get_joined_late, true, r->report->joins.late)
INTEGER_COLUMN(get_denied, true, r->report->joins.denied)
INTEGER_COLUMN(get_missed, true, r->report->joins.missed)
INTEGER_COLUMN(get_lag_p50, r->task->loops.turns, r->task->loops.lag.p50)
INTEGER_COLUMN(get_lag_p99, r->task->loops.turns, r->task->loops.lag.p99)
INTEGER_COLUMN(get_lag_max, r->task->loops.turns, r->task->loops.lag.max)
INTEGER_COLUMN(get_empty_lag_p50, r->task->loops.empty_turns, r->task->loops.empty_lag.p50)
INTEGER_COLUMN(get_empty_lag_p99, r->task->loops.empty_turns, r->task->loops.empty_lag.p99)
INTEGER_COLUMN(get_empty_lag_max, r->task->loops.empty_turns, r->task->loops.empty_lag.max)
INTEGER_COLUMN(get_turn, r->task->loops.turn, r->task->loops.turn)
INTEGER_COLUMN(get_waits, loops_are_there(&r->task->loops), r->task->loops.ready)
INTEGER_COLUMN(get_empty_waits, loops_are_there(&r->task->loops), r->task->loops.empty)
INTEGER_COLUMN(get_full_waits, loops_are_there(&r->task->loops), r->task->loops.full)
INTEGER_COLUMN(get_events_p99, r->task->loops.ready, r->task->loops.ready_events.p99)
INTEGER_COLUMN(get_events_max, r->task->loops.ready, r->task->loops.ready_events.max)
MEAN_COLUMN(get_events, r->task->loops.events, r->task->loops.ready)
MEAN_COLUMN(get_reads_per_event, r->task->loops.reads, r->task->loops.events)
MEAN_COLUMN(get_writes_per_event, r->task->loops.writes, r->task->loops.events)

/* The machine's name. */
static void get_host(struct value *v, const struct record *r)
{
	if (r->report->host)
		value_word(v, r->report->host);
}

/* What the model rests on. */
static void get_basis(struct value *v, const struct record *r)
{
	static const char *const now[] = {
		[BASIS_READS] = "reads", [BASIS_ACCEPTS] = "accepts", [BASIS_WRITES] = "writes",
		[BASIS_TIME] = "time",	 [BASIS_ASYNC] = "o_async",
	};
	static const char *const before[] = {
		[BASIS_READS] = "reads before",	  [BASIS_ACCEPTS] = "accepts before",
		[BASIS_WRITES] = "writes before", [BASIS_TIME] = "time before",
		[BASIS_ASYNC] = "o_async",
	};
	const struct model_decision *m = &r->task->model;

	if (m->basis != BASIS_NONE)
		value_word(v, m->before ? before[m->basis] : now[m->basis]);
}

INTEGER_COLUMN(get_upstream_reads, r->report->has_exchanges,
	       r->task->exchanges.side[SIDE_CLIENT].reads)
INTEGER_COLUMN(get_upstream_writes, r->report->has_exchanges,
	       r->task->exchanges.side[SIDE_CLIENT].writes)

/* Whether it has, or had, listening sockets whose queues are known. */
static bool has_backlog(const struct record *r)
{
	return r->task->backlog.listeners || r->task->backlog.dropped;
}

INTEGER_COLUMN(get_backlog_waiting, has_backlog(r), r->task->backlog.waiting)
INTEGER_COLUMN(get_backlog_most, has_backlog(r), r->task->backlog.most)
INTEGER_COLUMN(get_backlog_room, has_backlog(r), backlog_room(&r->task->backlog))
INTEGER_COLUMN(get_backlog_dropped, has_backlog(r), r->task->backlog.dropped)

/* A text of anybody's making, of `size` bytes at most; nothing if it is empty. */
static void value_safe(struct value *v, const char *text, size_t size)
{
	_Static_assert(sizeof(v->buffer) > 4 * PORTS_LEN && (int)PORTS_LEN > (int)USER_LEN &&
			       (int)PORTS_LEN > (int)WHERE_ID_LEN,
		       "room for any text");
	fmt_escaped(v->buffer, text, strnlen(text, size), true);
	if (*text)
		value_word(v, v->buffer);
}

/* The id of its container. */
static void get_container(struct value *v, const struct record *r)
{
	value_safe(v, r->task->where.container, WHERE_ID_LEN);
}

INTEGER_COLUMN(get_pid_inside, r->task->where.inside, (uint64_t)r->task->where.inside)

/* Descriptors that a wait watches. */
static void get_watched(struct value *v, const struct record *r)
{
	uint64_t count, sum = loops_watched(&r->task->loops, &count);

	if (loops_are_there(&r->task->loops))
		value_mean(v, sum, count);
}

/* Whose it is, and where its clients find it. */
static void get_user(struct value *v, const struct record *r)
{
	value_safe(v, r->task->whose.user, USER_LEN);
}

static void get_ports(struct value *v, const struct record *r)
{
	value_safe(v, r->task->whose.ports, PORTS_LEN);
}

static const struct column columns[] = {
	{"time", value_time, VALUE_TEXT},
	{"interval_ns", value_interval, VALUE_INTEGER},
	{"pid", value_pid, VALUE_INTEGER},
	{"comm", value_comm, VALUE_TEXT},
	{"family", value_family, VALUE_INTEGER},
	{"threads", get_threads, VALUE_INTEGER},
	{"threads_ever", get_threads_ever, VALUE_INTEGER},
	{"model", value_model, VALUE_TEXT},
	{"model_counts", value_model_counts, VALUE_COUNTS},
	{"shape", value_shape, VALUE_TEXT},
	{"wall_ns", get_wall, VALUE_INTEGER},
	{"lost", get_lost, VALUE_INTEGER},
	{"stopped_ns", get_stopped, VALUE_INTEGER},
	{"loop_lag_p50_ns", get_lag_p50, VALUE_INTEGER},
	{"loop_lag_p99_ns", get_lag_p99, VALUE_INTEGER},
	{"loop_lag_max_ns", get_lag_max, VALUE_INTEGER},
	{"events_per_wait", get_events, VALUE_DECIMAL},
	{"watched", get_watched, VALUE_DECIMAL},
	{"wakeups", get_wakeups, VALUE_INTEGER},
	{"host", get_host, VALUE_TEXT},
	{"lived_ns", get_lived, VALUE_INTEGER},
	{"quiet_threads", get_quiet, VALUE_INTEGER},
	{"model_basis", get_basis, VALUE_TEXT},
	{"ready_waits", get_waits, VALUE_INTEGER},
	{"empty_waits", get_empty_waits, VALUE_INTEGER},
	{"full_waits", get_full_waits, VALUE_INTEGER},
	{"events_per_wait_p99", get_events_p99, VALUE_INTEGER},
	{"events_per_wait_max", get_events_max, VALUE_INTEGER},
	{"reads_per_event", get_reads_per_event, VALUE_DECIMAL},
	{"writes_per_event", get_writes_per_event, VALUE_DECIMAL},
	{"empty_lag_p50_ns", get_empty_lag_p50, VALUE_INTEGER},
	{"empty_lag_p99_ns", get_empty_lag_p99, VALUE_INTEGER},
	{"empty_lag_max_ns", get_empty_lag_max, VALUE_INTEGER},
	{"loop_turn_ns", get_turn, VALUE_INTEGER},
	{"upstream_reads", get_upstream_reads, VALUE_INTEGER},
	{"upstream_writes", get_upstream_writes, VALUE_INTEGER},
	{"connections_let_go", value_let_go, VALUE_INTEGER},
	{"backlog_waiting", get_backlog_waiting, VALUE_INTEGER},
	{"backlog_most", get_backlog_most, VALUE_INTEGER},
	{"backlog_room", get_backlog_room, VALUE_INTEGER},
	{"backlog_dropped", get_backlog_dropped, VALUE_INTEGER},
	{"container", get_container, VALUE_TEXT},
	{"pid_inside", get_pid_inside, VALUE_INTEGER},
	{"user", get_user, VALUE_TEXT},
	{"ports", get_ports, VALUE_TEXT},
	{"joined_late", get_joined_late, VALUE_INTEGER},
	{"not_looked_into", get_denied, VALUE_INTEGER},
	{"ended_unseen", get_missed, VALUE_INTEGER},
};

/* Visits one process. */
static void each_of(const struct report *report, const struct report_task *task,
		    record_visit *visit, void *context)
{
	struct record record = {.report = report, .task = task};

	visit(&record, context);
}

/* Visits all processes. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->processes; i++)
		each_of(report, &report->process[i], visit, context);
}

const struct record_kind record_process = {
	.name = "process",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
	.each_of = each_of,
};
