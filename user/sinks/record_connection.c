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
	{"time", value_time},
	{"interval_ns", value_interval},
	{"pid", value_pid},
	{"comm", value_comm},
	{"role", get_role},
	{"kind", get_kind},
	{"local", get_local},
	{"remote", get_remote},
	{"model", get_model},
	{"state", get_state},
	{"fd", get_fd},
	{"tid", get_tid},
	{"reads", get_reads},
	{"writes", get_writes},
	{"bytes_in", get_bytes_in},
	{"bytes_out", get_bytes_out},
	{"exchanges", get_exchanges},
	{"idle_ns", get_idle},
	{"ready_ns", get_ready},
	{"service_ns", get_service},
	{"blocked_ns", get_blocked},
	{"asked_ns", get_asked},
	{"response_p50_ns", get_p50},
	{"response_p99_ns", get_p99},
	{"lived_ns", get_lived},
	{"family", value_family},
	{"connections_let_go", value_let_go},
};

/* Visits all connections. */
static void each(const struct report *report, record_visit *visit, void *context)
{
	for (size_t i = 0; i < report->connections.count; i++) {
		const struct connection *c = &report->connections.connection[i];
		struct record record = {
			.report = report, .task = &report->process[c->process], .connection = c};

		visit(&record, context);
	}
}

const struct record_kind record_connection = {
	.name = "connection",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.each = each,
};
