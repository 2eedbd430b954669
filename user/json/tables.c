/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tables.c - see tables.h.
 *
 * A field that a report is made of, and that stands in no table here, is missing in what is made
 * of a recording: tests hold the one against the other.
 */
#include <stdlib.h>

#include "judge/report.h"
#include "json/tables.h"
#include "json/words.h"

#define PLACE(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define COUNT(type, field) ARRAY_SIZE(((type *)0)->field)

/* A number without a sign; ITEM: of the brief form, too. */
#define UINT(of, field, label)                                                                     \
	{                                                                                          \
		label, FIELD_UINT, PLACE(of, field)                                                \
	}
#define FLAG(of, field, label)                                                                     \
	{                                                                                          \
		label, FIELD_BOOL, PLACE(of, field)                                                \
	}
#define ID(of, field, label)                                                                       \
	{                                                                                          \
		label, FIELD_ID, PLACE(of, field)                                                  \
	}
#define BYTES(of, field, label)                                                                    \
	{                                                                                          \
		label, FIELD_BYTES, PLACE(of, field), .count = sizeof(((of *)0)->field)            \
	}
#define HIST(of, field, label)                                                                     \
	{                                                                                          \
		label, FIELD_HIST, PLACE(of, field)                                                \
	}
#define PART(of, field, label, of_table)                                                           \
	{                                                                                          \
		label, FIELD_STRUCT, PLACE(of, field), .table = of_table                           \
	}
#define WORD(of, field, label, words, how_many)                                                    \
	{                                                                                          \
		label, FIELD_WORD, PLACE(of, field), .count = how_many, .word = words              \
	}
#define BY_WORD(of, field, label, words)                                                           \
	{                                                                                          \
		label, FIELD_BY_WORD, .offset = offsetof(of, field),                               \
				      .size = sizeof(((of *)0)->field[0]),                         \
				      .count = COUNT(of, field), .word = words                     \
	}
#define TEXT(of, field, label)                                                                     \
	{                                                                                          \
		label, FIELD_TEXT, PLACE(of, field)                                                \
	}
#define TEXTS(of, field, label)                                                                    \
	{                                                                                          \
		label, FIELD_TEXTS, PLACE(of, field)                                               \
	}
/* The same in the brief form, too. */
#define BRIEF_UINT(of, field, label)                                                               \
	{                                                                                          \
		label, FIELD_UINT, true, PLACE(of, field)                                          \
	}
#define BRIEF_FLAG(of, field, label)                                                               \
	{                                                                                          \
		label, FIELD_BOOL, true, PLACE(of, field)                                          \
	}
#define BRIEF_BY_WORD(of, field, label, words)                                                     \
	{                                                                                          \
		label, FIELD_BY_WORD, true, offsetof(of, field), sizeof(((of *)0)->field[0]),      \
			COUNT(of, field), words, NULL                                              \
	}

#define TABLE(name, fields) const struct field_table name = {fields, ARRAY_SIZE(fields)}

static const struct field about_list[] = {
	UINT(struct about, format, "format"),
	TEXT(struct about, version, "version"),
	TEXT(struct about, kernel, "kernel"),
	TEXT(struct about, machine, "machine"),
	TEXT(struct about, host, "host"),
	TEXTS(struct about, command, "command"),
	UINT(struct about, interval, "interval_ns"),
	FLAG(struct about, threads, "threads"),
	FLAG(struct about, selects, "selects"),
	UINT(struct about, realtime, "realtime_ns"),
	UINT(struct about, monotonic, "monotonic_ns"),
	TEXTS(struct about, programs, "programs"),
	UINT(struct about, calls, "calls"),
	TEXTS(struct about, lacks, "lacks"),
};
TABLE(about_fields, about_list);

static const struct field window_list[] = {
	UINT(struct window, from, "from_ns"),
	UINT(struct window, to, "to_ns"),
	UINT(struct window, utc.tv_sec, "utc_s"),
	UINT(struct window, utc.tv_nsec, "utc_ns"),
	FLAG(struct window, whole, "whole"),
	BY_WORD(struct window, lost, "lost", loss_name),
	UINT(struct window, missed, "missed"),
	UINT(struct window, torn, "torn"),
	UINT(struct window, let_go, "let_go"),
	UINT(struct window, joins.late, "joined_late"),
	UINT(struct window, joins.older, "joined_late_older"),
	UINT(struct window, joins.most, "joined_late_ns"),
	UINT(struct window, joins.denied, "not_looked_into"),
	UINT(struct window, joins.missed, "ended_unseen"),
	FLAG(struct window, joins.hidden, "hidden"),
};
TABLE(window_fields, window_list);

static const struct field report_list[] = {
	UINT(struct report, late, "late_ns"),
	UINT(struct report, own.cpu, "own_cpu_ns"),
	FLAG(struct report, has_exchanges, "has_exchanges"),
	FLAG(struct report, by_calls, "by_calls"),
	FLAG(struct report, light, "light"),
	UINT(struct report, connections_max, "connections_max"),
	UINT(struct report, connections_shown, "connections_shown"),
	WORD(struct report, connections.key, "connections_by", word_of_key, CONNECTION_KEYS),
	UINT(struct report, connections.all, "connections_open"),
};
TABLE(report_fields, report_list);

static const struct field sums_list[] = {
	UINT(struct report, families, "families"),
	UINT(struct report, inflight_before, "inflight_before"),
	UINT(struct report, inflight, "inflight"),
	UINT(struct report, requests, "requests"),
	UINT(struct report, summed_processes, "summed_processes"),
	UINT(struct report, summed_threads, "summed_threads"),
};
TABLE(report_sums, sums_list);

static const struct field evidence_list[] = {
	BY_WORD(struct shape_evidence, sum, "sums", word_of_evidence),
	ID(struct shape_evidence, parent, "parent"),
	FLAG(struct shape_evidence, adopted, "adopted"),
	FLAG(struct shape_evidence, accepts_apart, "accepts_apart"),
	FLAG(struct shape_evidence, sets, "sets"),
	UINT(struct shape_evidence, epoll_set, "epoll_set"),
	FLAG(struct shape_evidence, lists, "lists"),
	UINT(struct shape_evidence, poll_list, "poll_list"),
	FLAG(struct shape_evidence, workers_apart, "workers_apart"),
	UINT(struct shape_evidence, workers_at, "workers_at"),
	UINT(struct shape_evidence, accepts_at, "accepts_at"),
	UINT(struct shape_evidence, longest, "longest_ns"),
	UINT(struct shape_evidence, listener, "listener"),
	UINT(struct shape_evidence, child_listener, "child_listener"),
};
static TABLE(evidence_fields, evidence_list);

static const struct field backlog_list[] = {
	UINT(struct backlog, dropped, "dropped"),
	UINT(struct backlog, listeners, "listeners"),
	UINT(struct backlog, waiting, "waiting"),
	UINT(struct backlog, limit, "limit"),
	UINT(struct backlog, most, "most"),
	UINT(struct backlog, limit_ever, "limit_ever"),
	UINT(struct backlog, most_ever, "most_ever"),
};
static TABLE(backlog_fields, backlog_list);

static const struct field task_list[] = {
	BYTES(struct task_sums, comm, "comm"),
	BRIEF_FLAG(struct task_sums, exited, "exited"),
	BRIEF_FLAG(struct task_sums, left, "left"),
	UINT(struct task_sums, summed, "summed"),
	UINT(struct task_sums, born, "born_ns"),
	UINT(struct task_sums, ended, "ended_ns"),
	UINT(struct task_sums, lived, "lived_ns"),
	UINT(struct task_sums, children, "children"),
	ID(struct task_sums, family, "family"),
	BRIEF_UINT(struct task_sums, threads, "threads"),
	UINT(struct task_sums, stopped, "stopped"),
	BRIEF_UINT(struct task_sums, threads_ever, "threads_ever"),
	BRIEF_UINT(struct task_sums, wall, "wall_ns"),
	BRIEF_BY_WORD(struct task_sums, count, "counts", word_of_counter),
	UINT(struct task_sums, inflight_aio, "inflight_aio"),
	UINT(struct task_sums, inflight_before, "inflight_before"),
	{"registered", FIELD_WORD, true, PLACE(struct task_sums, registered), WAYS, word_of_way,
	 NULL},
	BRIEF_FLAG(struct task_sums, light, "light"),
	BRIEF_FLAG(struct task_sums, async, "async"),
	BRIEF_FLAG(struct task_sums, signalfd, "signalfd"),
	UINT(struct task_sums, sets, "sets"),
	UINT(struct task_sums, in_sets, "in_sets"),
	PART(struct task_sums, evidence, "evidence", &evidence_fields),
	PART(struct task_sums, backlog, "backlog", &backlog_fields),
	BYTES(struct task_sums, where.container, "container"),
	ID(struct task_sums, where.inside, "pid_inside"),
	BYTES(struct task_sums, whose.user, "user"),
	BYTES(struct task_sums, whose.ports, "ports"),
};
TABLE(task_fields, task_list);

static const struct field call_list[] = {
	BRIEF_BY_WORD(struct call_sums, outcome, "outcomes", word_of_outcome),
	UINT(struct call_sums, bytes, "bytes"),
	UINT(struct call_sums, peeks, "peeks"),
	UINT(struct call_sums, wait_max, "wait_max_ns"),
	UINT(struct call_sums, busy_max, "busy_max_ns"),
	HIST(struct call_sums, wait, "wait"),
	HIST(struct call_sums, busy, "busy"),
	{"errors", FIELD_ERRORS, PLACE(struct call_sums, errors)},
};
static TABLE(call_fields, call_list);

static const struct field op_list[] = {
	BRIEF_BY_WORD(struct op_sums, ns, "ns", word_of_phase),
	{"inflight", FIELD_INT, true, PLACE(struct op_sums, inflight)},
	BRIEF_UINT(struct op_sums, sampled, "samples"),
	BRIEF_FLAG(struct op_sums, ended, "ended"),
	{"came_to", FIELD_STRUCT, true, PLACE(struct op_sums, call), .table = &call_fields},
};
TABLE(op_fields, op_list);

static const struct field loop_list[] = {
	UINT(struct loop_sleep, muxers, "muxers"),
	UINT(struct loop_sleep, loops, "loops"),
	UINT(struct loop_sleep, lived, "lived_ns"),
	BY_WORD(struct loop_sleep, asleep, "asleep_ns", word_of_sleep),
	UINT(struct loop_sleep, slow, "slow"),
	UINT(struct loop_sleep, slowest, "slowest_ns"),
	BY_WORD(struct loop_sleep, away, "away_ns", word_of_away),
	UINT(struct loop_sleep, turn, "turn_ns"),
};
TABLE(loop_fields, loop_list);

static const struct field quiet_list[] = {
	ID(struct quiet_one, tid, "tid"),
	BYTES(struct quiet_one, comm, "comm"),
};
TABLE(quiet_fields, quiet_list);

static const struct field upstream_list[] = {
	UINT(struct upstream_sums, key.family, "family"),
	UINT(struct upstream_sums, key.port, "port"),
	{"address", FIELD_BYTES, PLACE(struct upstream_sums, key.address), .count = 16},
	BYTES(struct upstream_sums, name, "name"),
	UINT(struct upstream_sums, asked, "asked"),
	UINT(struct upstream_sums, ns, "ns"),
	UINT(struct upstream_sums, max, "max_ns"),
	UINT(struct upstream_sums, connections, "connections"),
	UINT(struct upstream_sums, connections_ever, "connections_ever"),
	HIST(struct upstream_sums, took, "took"),
};
TABLE(upstream_fields, upstream_list);

static const struct field conn_address_list[] = {
	UINT(struct conn_address, port, "port"),
	UINT(struct conn_address, length, "length"),
	UINT(struct conn_address, inode, "inode"),
	BYTES(struct conn_address, bytes, "bytes"),
};
static TABLE(conn_address_fields, conn_address_list);

static const struct field conn_list[] = {
	UINT(struct conn_row, from, "from_ns"),
	UINT(struct conn_row, to, "to_ns"),
	BY_WORD(struct conn_row, sums.ns, "ns", word_of_conn_state),
	UINT(struct conn_row, sums.reads, "reads"),
	UINT(struct conn_row, sums.writes, "writes"),
	UINT(struct conn_row, sums.bytes_in, "bytes_in"),
	UINT(struct conn_row, sums.bytes_out, "bytes_out"),
	UINT(struct conn_row, sums.exchanges, "exchanges"),
	UINT(struct conn_row, p50, "p50_bucket"),
	UINT(struct conn_row, p99, "p99_bucket"),
	UINT(struct conn_row, tid, "tid"),
	UINT(struct conn_row, fd, "fd"),
	UINT(struct conn_row, family, "family"),
	UINT(struct conn_row, type, "type"),
	UINT(struct conn_row, protocol, "protocol"),
	WORD(struct conn_row, role, "role", word_of_role, ROLE_LISTENER + 1),
	WORD(struct conn_row, state, "state", word_of_conn_state, CONN_STATES),
	WORD(struct conn_row, way, "way", word_of_way, WAYS),
	PART(struct conn_row, local, "local", &conn_address_fields),
	PART(struct conn_row, remote, "remote", &conn_address_fields),
};
TABLE(connection_fields, conn_list);

void about_clear(struct about *a)
{
	free(a->version);
	free(a->kernel);
	free(a->machine);
	free(a->host);
	texts_clear(&a->command);
	texts_clear(&a->programs);
	texts_clear(&a->lacks);
	*a = (struct about){0};
}
