/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fixture.c - reads snapshots written as text; fixture.h describes the lines.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_connections.h"
#include "common/hist.h"
#include "books/ops.h"
#include "base/xalloc.h"

enum {
	NUMBERS = 8,
};

struct reader {
	struct fixture *f;
	struct snapshot *s;
	struct task_sums *task;
	const char *name;
	unsigned int line;
	unsigned int op;	  /* of a line about a call */
	uint64_t number[NUMBERS]; /* of the line */
	char rest[256];		  /* the comm or the text */
};

/* Ends the program: the fixture is wrong. */
static _Noreturn void wrong(const struct reader *r, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", r->name, r->line, what);
	exit(2);
}

/* Adds a snapshot. */
static void read_snapshot(struct reader *r)
{
	if (r->f->snapshots == FIXTURE_SNAPSHOTS)
		wrong(r, "too many snapshots");
	r->s = &r->f->snapshot[r->f->snapshots++];
	r->s->at = r->number[0];
	r->s->utc.tv_sec = (time_t)r->number[1];
	r->s->utc.tv_nsec = (long)r->number[2];
	r->task = NULL;
}

/* Copies the rest of the line, with \xNN as one byte, as far as there is room. */
static void read_bytes(struct reader *r, char *to, size_t room)
{
	const char *from = r->rest;
	unsigned int byte;

	for (size_t i = 0; i < room && *from; i++) {
		if (from[0] == '\\' && sscanf(from + 1, "x%2x", &byte) == 1) {
			to[i] = (char)byte;
			from += 4;
		} else {
			to[i] = *from++;
		}
	}
}

/* Copies the comm of the line. */
static void read_comm(struct reader *r, char comm[COMM_LEN])
{
	read_bytes(r, comm, COMM_LEN);
}

/* Adds a process. */
static void read_process(struct reader *r)
{
	r->task = task_list_get(&r->s->processes, (pid_t)r->number[0], 0);
	r->task->threads = (unsigned int)r->number[1];
	r->task->threads_ever = (unsigned int)r->number[2];
	r->task->wall = r->number[3];
	r->task->exited = !r->task->threads;
	read_comm(r, r->task->comm);
}

/* Adds a thread. */
static void read_thread(struct reader *r)
{
	r->task = task_list_get(&r->s->threads, (pid_t)r->number[0], (pid_t)r->number[1]);
	r->task->threads = (unsigned int)r->number[2];
	r->task->threads_ever = 1;
	r->task->wall = r->number[3];
	r->task->exited = !r->task->threads;
	read_comm(r, r->task->comm);
}

/* Adds the pulse of a thread. */
static void read_pulse(struct reader *r)
{
	struct pulse_list *list = &r->s->pulses;
	struct pulse *p;

	list->pulse = xrealloc(list->pulse, list->count + 1, sizeof(*list->pulse));
	p = &list->pulse[list->count++];
	*p = (struct pulse){.pid = (pid_t)r->number[0],
			    .tid = (pid_t)r->number[1],
			    .born = 1,
			    .active = r->number[2]};
	read_comm(r, p->comm);
}

/* Lets the thread of the latest pulse, which has lived for so long, have a turn in progress. */
static void read_turn(struct reader *r)
{
	struct pulse_list *list = &r->s->pulses;
	struct pulse *p = &list->pulse[list->count - 1];

	if (!list->count)
		wrong(r, "a pulse comes first");
	p->marks.turn = r->number[0];
	p->life = r->number[1];
	p->marks.mux = 1;
}

/* Adds more threads like the latest one. */
static void read_clone(struct reader *r)
{
	for (uint64_t i = 1; i <= r->number[0]; i++) {
		struct task_sums *t =
			task_list_get(&r->s->threads, r->task->pid, r->task->tid + (pid_t)i);

		task_add(t, r->task);
		t->exited = r->task->exited;
		memcpy(t->comm, r->task->comm, sizeof(t->comm));
	}
}

/* Makes a process the sum of its threads. */
static void read_sum(struct reader *r)
{
	struct task_sums *process = task_list_get(&r->s->processes, (pid_t)r->number[0], 0);

	for (size_t i = 0; i < r->s->threads.count; i++)
		if (r->s->threads.task[i]->pid == process->pid)
			task_add(process, r->s->threads.task[i]);
	process->exited = !process->threads;
}

/* Counts a duration `count` times. */
static void add_duration(struct hist *h, uint64_t ns, uint64_t count, uint64_t *max)
{
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = count;
	hist_add_octave(h, bucket / STEPS, &o);
	if (ns > *max)
		*max = ns;
}

/* Adds requests that waited and were served so long (ns) each. */
static void add_answered(struct task_sums *task, uint64_t count, uint64_t queueing,
			 uint64_t service)
{
	struct call_sums *response = task_call(task, OP_RESPONSE);
	struct call_sums *queued = task_call(task, OP_QUEUEING);

	response->outcome[OUT_OK] += count;
	queued->outcome[OUT_OK] += count;
	add_duration(&response->wait, queueing + service, count, &response->wait_max);
	add_duration(&response->busy, service, count, &response->busy_max);
	add_duration(&queued->wait, queueing, count, &queued->wait_max);
	task->count[COUNT_SERVICE_NS] += count * service;
}

/* Adds answers of one upstream of the process, each after so long (ns). */
static void read_upstream(struct reader *r)
{
	struct upstream_key key = {.tgid = (__u32)r->task->pid};
	char family[8] = "", address[UNIX_NAME_LEN] = "", name[UNIX_NAME_LEN] = "";
	unsigned short port = 0;
	struct upstream_sums *sum;

	sscanf(r->rest, "%7s %111s %hu", family, address, &port);
	if (!strcmp(family, "unix")) {
		key.family = AF_UNIX;
		memcpy(name, address, sizeof(name));
		memcpy(key.address, name + strlen(name) - sizeof(key.address), sizeof(key.address));
	} else {
		key.family = strcmp(family, "inet6") ? AF_INET : AF_INET6;
		key.port = port;
		if (inet_pton(key.family, address, key.address) != 1)
			wrong(r, "no such address");
	}
	sum = upstreams_add(&r->s->upstreams, &key, name);
	sum->asked = r->number[0];
	sum->ns = r->number[0] * r->number[1];
	sum->connections = sum->connections_ever = r->number[2];
	add_duration(&sum->took, r->number[1], r->number[0], &sum->max);
	upstreams_sort(&r->s->upstreams);
}

/* Sets one of those fields of the evidence of a shape that the fixtures need. */
static void read_evidence(struct reader *r)
{
	struct shape_evidence *e = &r->task->evidence;
	const struct {
		const char *name;
		uint64_t *count;
	} fields[] = {
		{"threads", &e->threads},
		{"loops", &e->loops},
		{"accepting_loops", &e->accepting_loops},
		{"loop_reads", &e->loop_reads},
		{"workers", &e->workers},
		{"worker_reads", &e->worker_reads},
		{"worker_connections", &e->worker_connections},
		{"accepters", &e->accepters},
		{"accepts", &e->accepts},
		{"fresh", &e->fresh},
		{"listener", &e->listener},
		{"child_readers", &e->child_readers},
		{"child_workers", &e->child_workers},
		{"child_accepters", &e->child_accepters},
		{"child_listener", &e->child_listener},
	};
	char name[32];
	uint64_t count;

	if (sscanf(r->rest, "%31s %" SCNu64, name, &count) != 2)
		wrong(r, "a name and a count are missing");
	if (!strcmp(name, "parent")) {
		e->parent = (pid_t)count;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(name, fields[i].name))
			continue;
		*fields[i].count = count;
		return;
	}
	wrong(r, "no such evidence");
}

/* Reads a line about a snapshot or one of its tasks; false if the word is unknown. */
static bool read_sums(struct reader *r, const char *word)
{
	const uint64_t *n = r->number;
	struct call_sums *call;

	if (!strcmp(word, "ns") && r->op < OPS_TIMED) {
		for (unsigned int p = 0; p < PHASES; p++)
			task_time(r->task, r->op)->ns[p] = n[p];
	} else if (!strcmp(word, "call")) {
		call = task_call(r->task, r->op);
		for (unsigned int i = 0; i < OUTCOMES; i++)
			call->outcome[i] = n[i];
		call->bytes = n[OUTCOMES];
	} else if (!strcmp(word, "error")) {
		errors_count(&task_call(r->task, r->op)->errors, (unsigned int)n[0], n[1]);
	} else if (!strcmp(word, "wait")) {
		call = task_call(r->task, r->op);
		add_duration(&call->wait, n[0], n[1], &call->wait_max);
	} else if (!strcmp(word, "busy")) {
		call = task_call(r->task, r->op);
		add_duration(&call->busy, n[0], n[1], &call->busy_max);
	} else if (!strcmp(word, "reads") && n[0] < WAYS) {
		r->task->count[COUNT_READS + n[0]] = n[1];
	} else if (!strcmp(word, "accepts") && n[0] < WAYS) {
		r->task->count[COUNT_ACCEPTS + n[0]] = n[1];
	} else if (!strcmp(word, "registered") && n[0] < WAYS) {
		r->task->registered = (enum way)n[0];
	} else if (!strcmp(word, "evidence")) {
		read_evidence(r);
	} else if (!strcmp(word, "turns")) {
		call = task_call(r->task, n[0] ? OP_LOOP : OP_LOOP_EMPTY);
		call->outcome[n[0] ? OUT_OK : OUT_TIMEOUT] += n[1];
		call->bytes += n[0] * n[1];
		add_duration(&call->busy, n[0], n[1], &call->busy_max);
		add_duration(&call->wait, n[2], n[1], &call->wait_max);
	} else if (!strcmp(word, "full")) {
		r->task->count[COUNT_FULL_WAITS] = n[0];
	} else if (!strcmp(word, "scans")) {
		r->task->count[COUNT_SCANS] = n[0];
		r->task->count[COUNT_SCANNED] = n[1];
	} else if (!strcmp(word, "answered")) {
		add_answered(r->task, n[0], n[1], n[2]);
	} else if (!strcmp(word, "backlog")) {
		r->task->backlog = (struct backlog){.listeners = 1,
						    .waiting = n[0],
						    .most = n[1],
						    .most_ever = n[1],
						    .limit = n[2],
						    .limit_ever = n[2],
						    .dropped = n[3]};
	} else if (!strcmp(word, "queued") && n[0] < QUEUE_CAUSES) {
		r->task->count[COUNT_QUEUEING + n[0]] = n[1];
	} else if (!strcmp(word, "served") && n[0] < SERVED_KINDS) {
		r->task->count[COUNT_SERVICE + n[0]] = n[1];
	} else if (!strcmp(word, "untimed")) {
		r->task->count[COUNT_UNTIMED] = n[0];
	} else if (!strcmp(word, "asked")) {
		call = task_call(r->task, OP_ASKED);
		call->outcome[OUT_OK] += n[0];
		add_duration(&call->wait, n[1], n[0], &call->wait_max);
		r->task->count[COUNT_ASKED_NS] += n[0] * n[1];
	} else if (!strcmp(word, "side") && n[0] < SIDES) {
		r->task->count[COUNT_CONNS + n[0]] = n[1];
		r->task->count[COUNT_CONNS_EVER + n[0]] = n[1];
		r->task->count[COUNT_SIDE_READS + n[0]] = n[2];
		r->task->count[COUNT_SIDE_WRITES + n[0]] = n[3];
	} else if (!strcmp(word, "unplaced")) {
		r->task->count[COUNT_UNPLACED] = n[0];
		r->task->count[COUNT_UNPLACED_NS] = n[1];
	} else if (!strcmp(word, "upstream")) {
		read_upstream(r);
	} else if (!strcmp(word, "signals")) {
		task_call(r->task, OP_SIGNALS)->outcome[OUT_OK] = n[0];
	} else if (!strcmp(word, "delay")) {
		call = task_call(r->task, OP_SIGNALS);
		add_duration(&call->wait, n[0], n[1], &call->wait_max);
	} else if (!strcmp(word, "writes") && n[0] < WRITE_WAYS) {
		r->task->count[COUNT_WRITES + n[0]] = n[1];
	} else if (!strcmp(word, "life")) {
		r->task->born = n[0];
		r->task->ended = n[1];
	} else if (!strcmp(word, "where")) {
		r->task->where.inside = (pid_t)n[0];
		read_bytes(r, r->task->where.container, WHERE_ID_LEN);
	} else if (!strcmp(word, "whose")) {
		sscanf(r->rest, "%32s %127s", r->task->whose.user, r->task->whose.ports);
	} else if (!strcmp(word, "family")) {
		r->task->family = (pid_t)n[0];
	} else if (!strcmp(word, "inflight")) {
		r->task->inflight[r->op] = (unsigned int)n[0];
	} else if (!strcmp(word, "summed")) {
		r->task->summed = n[0];
		r->task->threads_ever = (unsigned int)n[1];
	} else if (!strcmp(word, "before")) {
		r->task->inflight_before = (unsigned int)n[0];
	} else {
		return false;
	}
	return true;
}

/* Splits what follows the word: a call, if the line is about one, numbers, and the rest. */
static void split(struct reader *r, const char *word, const char *text)
{
	static const char *const about_calls[] = {"ns",	  "call", "error",
						  "wait", "busy", "inflight"};
	char call[32], *end;
	int length = 0;

	r->op = OP_APP;
	for (size_t i = 0; i < ARRAY_SIZE(about_calls); i++) {
		if (strcmp(word, about_calls[i]))
			continue;
		if (sscanf(text, "%31s%n", call, &length) != 1)
			wrong(r, "a call is missing");
		r->op = op_of_name(call);
		if (r->op == OP_APP && strcmp(call, "app"))
			wrong(r, "no such call");
		text += length;
	}
	memset(r->number, 0, sizeof(r->number));
	for (size_t i = 0; i < NUMBERS && (i < 6 || strcmp(word, "connection")); i++, text = end) {
		r->number[i] = strtoull(text, &end, 10);
		if (end == text)
			break;
	}
	text += *text == ' ';
	snprintf(r->rest, sizeof(r->rest), "%s", text);
}

/* Reads one line. */
static void read_line(struct reader *r, const char *line)
{
	char word[32];
	int length = 0;

	if (*line == '#' || sscanf(line, "%31s%n", word, &length) != 1)
		return;
	split(r, word, line + length);
	if (!strcmp(word, "start")) {
		r->f->start = r->number[0];
	} else if (!strcmp(word, "snapshot")) {
		read_snapshot(r);
	} else if (!strcmp(word, "late")) {
		r->f->late = r->number[0];
	} else if (!strcmp(word, "note") && r->f->notes < FIXTURE_NOTES) {
		r->f->note[r->f->notes++] = xstrdup(r->rest);
	} else if (!r->s) {
		wrong(r, "a snapshot comes first");
	} else if (!strcmp(word, "lost") && r->number[0] < LOSTS) {
		r->s->lost[r->number[0]] = r->number[1];
	} else if (!strcmp(word, "missed")) {
		r->s->missed = r->number[0];
	} else if (!strcmp(word, "let_go")) {
		r->s->let_go = r->number[0];
		r->f->connections_max = r->number[1];
	} else if (!strcmp(word, "joins")) {
		memcpy(&r->s->joins, r->number, offsetof(struct joins, hidden));
	} else if (!strcmp(word, "torn")) {
		r->s->torn = r->number[0];
	} else if (!strcmp(word, "pulse")) {
		read_pulse(r);
	} else if (!strcmp(word, "turn")) {
		read_turn(r);
	} else if (!strcmp(word, "process")) {
		read_process(r);
	} else if (!strcmp(word, "thread")) {
		read_thread(r);
	} else if (!strcmp(word, "sum")) {
		read_sum(r);
	} else if (!r->task) {
		wrong(r, "a process or a thread comes first");
	} else if (!strcmp(word, "clone")) {
		read_clone(r);
	} else if (!read_sums(r, word) && !fixture_connection(&r->f->connections, r->task->pid,
							      word, r->number, r->rest)) {
		wrong(r, "unknown line");
	}
}

/* Reads a fixture; ends the program with a line on stderr if the text is none. */
void fixture_read(struct fixture *f, FILE *in, const char *name)
{
	struct reader r = {.f = f, .name = name};
	char line[512];

	*f = (struct fixture){0};
	while (fgets(line, sizeof(line), in)) {
		r.line++;
		line[strcspn(line, "\n")] = '\0';
		read_line(&r, line);
	}
	if (ferror(in))
		wrong(&r, "cannot be read");
	if (!f->snapshots)
		wrong(&r, "no snapshot");
}

/* Frees what the fixture holds. */
void fixture_clear(struct fixture *f)
{
	for (size_t i = 0; i < f->snapshots; i++)
		snapshot_clear(&f->snapshot[i]);
	for (size_t i = 0; i < f->notes; i++)
		free(f->note[i]);
	connections_clear(&f->connections);
	*f = (struct fixture){0};
}
