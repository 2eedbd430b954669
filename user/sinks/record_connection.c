/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_connection.c - the record `connection`: what came of each connection that a process has
 * open.
 *
 * What goes in: a report. What comes out: a record per connection, in the order of the report, and
 * the table of their columns.
 */
#include <string.h>

#include "base/fmt_address.h"
#include "sinks/values.h"

#define ROW  r->connection->row
#define SUMS r->connection->row.sums

/* Only of a connection that had exchanges. */
#define TOOK_COLUMN(function, bucket)                                                              \
	INTEGER_COLUMN(function, (bucket) < CONN_BUCKETS, connection_took(bucket))

static void get_role(struct value *v, const struct record *r)
{
	const char *word = connection_role(&ROW);

	if (*word)
		value_word(v, word);
}

static void get_kind(struct value *v, const struct record *r)
{
	value_word(v, connection_kind(&ROW));
}

static void get_state(struct value *v, const struct record *r)
{
	value_word(v, connection_state(&ROW));
}

/* How its latest read got the data, if there was one. */
static void get_model(struct value *v, const struct record *r)
{
	const struct model *model = model_of_read(ROW.way);

	if (model)
		value_word(v, model->name);
}

/* Sets a value to an address; nothing where there is none. */
static void value_address(struct value *v, const struct conn_row *row, const struct conn_address *a)
{
	const struct address_text text = fmt_address(row->family, a, true);

	_Static_assert(sizeof(v->buffer) >= sizeof(text.s), "room for any address");
	memcpy(v->buffer, text.s, sizeof(text.s));
	if (*text.s)
		value_word(v, v->buffer);
}

static void get_local(struct value *v, const struct record *r)
{
	value_address(v, &ROW, &ROW.local);
}

static void get_remote(struct value *v, const struct record *r)
{
	value_address(v, &ROW, &ROW.remote);
}

INTEGER_COLUMN(get_fd, true, ROW.fd)
INTEGER_COLUMN(get_tid, ROW.tid, ROW.tid)
INTEGER_COLUMN(get_reads, true, SUMS.reads)
INTEGER_COLUMN(get_writes, true, SUMS.writes)
INTEGER_COLUMN(get_bytes_in, true, SUMS.bytes_in)
INTEGER_COLUMN(get_bytes_out, true, SUMS.bytes_out)
INTEGER_COLUMN(get_exchanges, true, SUMS.exchanges)
INTEGER_COLUMN(get_idle, true, SUMS.ns[CONN_IDLE])
INTEGER_COLUMN(get_ready, true, SUMS.ns[CONN_READY])
INTEGER_COLUMN(get_service, true, SUMS.ns[CONN_SERVICE])
INTEGER_COLUMN(get_blocked, true, SUMS.ns[CONN_BLOCKED])
INTEGER_COLUMN(get_asked, true, SUMS.ns[CONN_ASKED])
TOOK_COLUMN(get_p50, ROW.p50)
TOOK_COLUMN(get_p99, ROW.p99)
INTEGER_COLUMN(get_lived, true, ROW.to - ROW.from)

static const struct column columns[] = {
	{"time", value_time, VALUE_TEXT},
	{"interval_ns", value_interval, VALUE_INTEGER},
	{"pid", value_pid, VALUE_INTEGER},
	{"comm", value_comm, VALUE_TEXT},
	{"role", get_role, VALUE_TEXT},
	{"kind", get_kind, VALUE_TEXT},
	{"local", get_local, VALUE_TEXT},
	{"remote", get_remote, VALUE_TEXT},
	{"model", get_model, VALUE_TEXT},
	{"state", get_state, VALUE_TEXT},
	{"fd", get_fd, VALUE_INTEGER},
	{"tid", get_tid, VALUE_INTEGER},
	{"reads", get_reads, VALUE_INTEGER},
	{"writes", get_writes, VALUE_INTEGER},
	{"bytes_in", get_bytes_in, VALUE_INTEGER},
	{"bytes_out", get_bytes_out, VALUE_INTEGER},
	{"exchanges", get_exchanges, VALUE_INTEGER},
	{"idle_ns", get_idle, VALUE_INTEGER},
	{"ready_ns", get_ready, VALUE_INTEGER},
	{"service_ns", get_service, VALUE_INTEGER},
	{"blocked_ns", get_blocked, VALUE_INTEGER},
	{"asked_ns", get_asked, VALUE_INTEGER},
	{"response_p50_ns", get_p50, VALUE_INTEGER},
	{"response_p99_ns", get_p99, VALUE_INTEGER},
	{"lived_ns", get_lived, VALUE_INTEGER},
	{"family", value_family, VALUE_INTEGER},
	{"connections_let_go", value_let_go, VALUE_INTEGER},
};

/* Visits the connections of a process, or (NULL) all. */
static void each_of(const struct report *report, const struct report_task *task,
		    record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->connections.count; i++) {
		const struct connection *c = &report->connections.connection[i];
		struct record record = {
			.report = report, .task = &report->process[c->process], .connection = c};

		if (!task || record.task == task)
			visit(&record, context);
	}
}

/* Visits all connections. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	each_of(report, NULL, visit, context);
}

const struct record_kind record_connection = {
	.name = "connection",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
	.each_of = each_of,
};
