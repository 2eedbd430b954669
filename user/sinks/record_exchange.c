/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_exchange.c - the record `exchange`: what the clients of a process waited for, and what its
 * upstreams cost.
 *
 * What goes in: a report. What comes out: a record per process that answered, and one per upstream
 * of it, and the table of their columns.
 */
#include <string.h>

#include "sinks/values.h"

/* Only of the record of a server, and what only the kernel can tell; else it is not measured. */
#define SERVER_COLUMN(function, number) INTEGER_COLUMN(function, r->role == ROLE_SERVER, number)
#define KERNEL_COLUMN(function, number)                                                            \
	INTEGER_COLUMN(function, r->role == ROLE_SERVER && !r->report->by_calls, number)
/* What only the begin of the call can tell. */
#define CALL_COLUMN(function, number)                                                              \
	INTEGER_COLUMN(function, r->role == ROLE_SERVER && !r->report->light, number)
#define E r->task->exchanges

/* The role of the process. */
static void get_role(struct value *v, const struct record *r)
{
	value_word(v, r->role == ROLE_SERVER ? "server" : "client");
}

/* What was done on the connections of the role. */
static const struct side_use *side_of(const struct record *r)
{
	return &r->task->exchanges.side[r->role == ROLE_SERVER ? SIDE_SERVER : SIDE_CLIENT];
}

/* Whether a record is of exchanges that are not counted by address, beside others that are. */
static bool is_rest(const struct record *r)
{
	return r->role == ROLE_CLIENT && !r->upstream && r->task->exchanges.unplaced;
}

/* Whom a client has asked. */
static void get_peer(struct value *v, const struct record *r)
{
	struct address_text address;

	if (!r->upstream)
		return;
	address = fmt_upstream(&r->upstream->key, r->upstream->name);
	_Static_assert(sizeof(v->buffer) >= sizeof(address.s), "room for any address");
	memcpy(v->buffer, address.s, sizeof(address.s));
	value_word(v, v->buffer);
}

/* The exchanges. */
static uint64_t count_of(const struct record *r)
{
	if (r->upstream)
		return r->upstream->asked;
	if (is_rest(r))
		return E.unplaced;
	return r->role == ROLE_SERVER ? E.answered : E.asked;
}

/* How long upstreams took, in all. */
static uint64_t asked_of(const struct record *r)
{
	return r->upstream ? r->upstream->ns : is_rest(r) ? E.unplaced_ns : E.asked_ns;
}

/* The times that are said of the role. */
static const struct percentiles *response_of(const struct record *r)
{
	if (r->upstream)
		return &r->upstream->took;
	return r->role == ROLE_SERVER ? &r->task->exchanges.response : &r->task->exchanges.upstream;
}

/* The connections on which the exchanges were. */
static uint64_t connections_of(const struct record *r)
{
	return r->upstream ? r->upstream->connections : side_of(r)->connections;
}

INTEGER_COLUMN(get_exchanges, true, count_of(r))
INTEGER_COLUMN(get_p50, !is_rest(r), response_of(r)->p50)
INTEGER_COLUMN(get_p90, !is_rest(r), response_of(r)->p90)
INTEGER_COLUMN(get_p99, !is_rest(r), response_of(r)->p99)
INTEGER_COLUMN(get_max, !is_rest(r), response_of(r)->max)
SERVER_COLUMN(get_queueing, E.queueing_ns)
KERNEL_COLUMN(get_backlog, E.part[QUEUE_BACKLOG])
KERNEL_COLUMN(get_wakeup, E.part[QUEUE_WAKEUP])
SERVER_COLUMN(get_runq, E.part[QUEUE_RUNQ])
SERVER_COLUMN(get_dispatch, E.part[QUEUE_DISPATCH])
CALL_COLUMN(get_read, E.part[QUEUE_READ])
SERVER_COLUMN(get_service, E.service_ns)
INTEGER_COLUMN(get_asked, r->role == ROLE_CLIENT, asked_of(r))
SERVER_COLUMN(get_queueing_p50, E.queueing.p50)
SERVER_COLUMN(get_queueing_p90, E.queueing.p90)
SERVER_COLUMN(get_queueing_p99, E.queueing.p99)
SERVER_COLUMN(get_queueing_max, E.queueing.max)
SERVER_COLUMN(get_service_p50, E.service.p50)
SERVER_COLUMN(get_service_p90, E.service.p90)
SERVER_COLUMN(get_service_p99, E.service.p99)
SERVER_COLUMN(get_service_max, E.service.max)
SERVER_COLUMN(get_untimed, E.untimed)
SERVER_COLUMN(get_served_cpu, E.served[SERVED_CPU])
SERVER_COLUMN(get_served_runq, E.served[SERVED_RUNQ])
SERVER_COLUMN(get_served_asleep, E.served[SERVED_ASLEEP])
SERVER_COLUMN(get_served_upstream, E.served[SERVED_UPSTREAM])
SERVER_COLUMN(get_served_io, E.served[SERVED_IO])
INTEGER_COLUMN(get_connections, !is_rest(r), connections_of(r))
SERVER_COLUMN(get_reads, side_of(r)->reads)
SERVER_COLUMN(get_writes, side_of(r)->writes)

static const struct column columns[] = {
	{"time", value_time, VALUE_TEXT},
	{"interval_ns", value_interval, VALUE_INTEGER},
	{"pid", value_pid, VALUE_INTEGER},
	{"comm", value_comm, VALUE_TEXT},
	{"role", get_role, VALUE_TEXT},
	{"peer", get_peer, VALUE_TEXT},
	{"exchanges", get_exchanges, VALUE_INTEGER},
	{"connections", get_connections, VALUE_INTEGER},
	{"response_p50_ns", get_p50, VALUE_INTEGER},
	{"response_p90_ns", get_p90, VALUE_INTEGER},
	{"response_p99_ns", get_p99, VALUE_INTEGER},
	{"response_max_ns", get_max, VALUE_INTEGER},
	{"queueing_ns", get_queueing, VALUE_INTEGER},
	{"backlog_ns", get_backlog, VALUE_INTEGER},
	{"wakeup_ns", get_wakeup, VALUE_INTEGER},
	{"runq_ns", get_runq, VALUE_INTEGER},
	{"dispatch_ns", get_dispatch, VALUE_INTEGER},
	{"read_ns", get_read, VALUE_INTEGER},
	{"service_ns", get_service, VALUE_INTEGER},
	{"asked_ns", get_asked, VALUE_INTEGER},
	{"queueing_p50_ns", get_queueing_p50, VALUE_INTEGER},
	{"queueing_p90_ns", get_queueing_p90, VALUE_INTEGER},
	{"queueing_p99_ns", get_queueing_p99, VALUE_INTEGER},
	{"queueing_max_ns", get_queueing_max, VALUE_INTEGER},
	{"service_p50_ns", get_service_p50, VALUE_INTEGER},
	{"service_p90_ns", get_service_p90, VALUE_INTEGER},
	{"service_p99_ns", get_service_p99, VALUE_INTEGER},
	{"service_max_ns", get_service_max, VALUE_INTEGER},
	{"untimed", get_untimed, VALUE_INTEGER},
	{"family", value_family, VALUE_INTEGER},
	{"service_cpu_ns", get_served_cpu, VALUE_INTEGER},
	{"service_runq_ns", get_served_runq, VALUE_INTEGER},
	{"service_asleep_ns", get_served_asleep, VALUE_INTEGER},
	{"service_upstream_ns", get_served_upstream, VALUE_INTEGER},
	{"service_io_ns", get_served_io, VALUE_INTEGER},
	{"reads", get_reads, VALUE_INTEGER},
	{"writes", get_writes, VALUE_INTEGER},
	{"connections_let_go", value_let_go, VALUE_INTEGER},
};

/*
 * Visits the upstreams of a process, and what is not counted by address: all of it if none is, as
 * where the only answer came between reading the one and the other.
 */
static void each_upstream(struct record *record, record_visit *visit, void *context)
{
	const struct report_upstreams *u = &record->task->upstreams;

	record->role = ROLE_CLIENT;
	for (size_t i = 0; i < u->count; i++) {
		record->upstream = &u->upstream[i];
		visit(record, context);
	}
	record->upstream = NULL;
	if (record->task->exchanges.unplaced || (record->task->exchanges.asked && !u->count))
		visit(record, context);
}

/* Visits the roles of a process. */
static void each_of(const struct report *report, const struct report_task *task,
		    record_visit *visit, void *context)
{
	struct record record = {.report = report, .task = task, .role = ROLE_SERVER};

	if (task->exchanges.answered)
		visit(&record, context);
	each_upstream(&record, visit, context);
}

/* Visits the roles of all processes. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->processes; i++)
		each_of(report, &report->process[i], visit, context);
}

const struct record_kind record_exchange = {
	.name = "exchange",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
	.each_of = each_of,
};
