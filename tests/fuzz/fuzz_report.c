/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_report.c - a snapshot, from any sums, through the report and every output. What comes out
 * has lines that fit, rows of one length, and nothing that a terminal obeys.
 *
 * The input is a list of steps, of 16 bytes each: what to add, to which process, and numbers.
 */
#include <arpa/inet.h>

#include "base/fmt.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "common/hist.h"
#include "fuzz.h"
#include "judge/report.h"
#include "sinks/sink.h"

enum {
	PROCESSES = 4,
	THREADS = 8,
};

/* One step of the input. */
struct step {
	uint8_t what, pid, tid, which;
	uint16_t number[4];
	uint32_t bytes;
};

/* A number of any size up to 2^56, of 11 and 5 bits: many of them can be added up. */
static uint64_t number(uint16_t n)
{
	return (uint64_t)(n >> 5) << (n & 31) << (n & 16 ? 14 : 0);
}

/* Counts calls of one duration. */
static void add_durations(struct hist *h, uint64_t *max, uint64_t ns, uint64_t count)
{
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = count;
	hist_add_octave(h, bucket / STEPS, &o);
	if (ns > *max)
		*max = ns;
}

/* Adds what calls of one kind came to. */
static void add_calls(struct task_sums *t, const struct step *s)
{
	unsigned int op = s->which % OPS;
	struct call_sums *call;

	if (op == OP_APP || !ops[op].name)
		return;
	call = task_call(t, op);
	call->outcome[s->bytes % OUTCOMES] += number(s->number[0]);
	call->bytes += number(s->number[1]);
	add_durations(&call->wait, &call->wait_max, number(s->number[2]), number(s->number[3]));
	add_durations(&call->busy, &call->busy_max, number(s->number[3]), number(s->number[0]));
	errors_count(&call->errors, s->bytes >> 8 & 255, number(s->number[1]));
}

/* Adds an upstream of the process. */
static void add_upstream(struct snapshot *snapshot, pid_t pid, const struct step *s)
{
	static const uint16_t families[] = {AF_INET, AF_INET6, AF_UNIX};
	struct upstream_key key = {.tgid = (uint32_t)pid,
				   .family = families[s->which % 3],
				   .port = s->number[0],
				   .address = {s->bytes, s->number[1]}};
	char name[UNIX_NAME_LEN] = "";
	struct upstream_sums *sum;

	memcpy(name, &s->bytes, sizeof(s->bytes));
	sum = upstreams_add(&snapshot->upstreams, &key, name);
	sum->asked += number(s->number[2]);
	sum->ns += number(s->number[3]);
	sum->connections_ever += sum->connections = s->number[1];
	add_durations(&sum->took, &sum->max, number(s->number[3]), number(s->number[2]));
}

/* Describes a task. */
static void describe(struct task_sums *t, const struct step *s)
{
	memcpy(t->comm + s->which % (COMM_LEN - 4), &s->bytes, sizeof(s->bytes));
	t->threads = s->number[0] % 5;
	t->exited = !t->threads;
	t->threads_ever = t->threads + s->number[1];
	t->born = number(s->number[2]);
	t->ended = t->exited ? t->born + number(s->number[3]) : 0;
	t->registered = (enum way)(s->bytes % WAYS);
	t->async = s->which & 1;
	t->evidence.parent = 1 + s->which % PROCESSES;
	t->family = s->which & 64 ? 1 + s->which % PROCESSES : 0;
}

/* Takes one step. */
static void take(struct snapshot *snapshot, const struct step *s)
{
	pid_t pid = 1 + s->pid % PROCESSES;
	struct task_sums *t = task_list_get(&snapshot->processes, pid, 0);

	if (s->tid & 128)
		t = task_list_get(&snapshot->threads, pid, 1 + s->tid % THREADS);
	switch (s->what % 8) {
	case 0:
		describe(t, s);
		break;
	case 1:
		for (unsigned int p = 0; p < PHASES; p++)
			task_time(t, s->which % OPS_TIMED)->ns[p] += number(s->number[p]);
		t->wall += number(s->number[0]);
		break;
	case 2:
		t->count[s->which % COUNTERS] += number(s->number[0]);
		t->count[s->bytes % COUNTERS] += number(s->number[1]);
		break;
	case 3:
		t->evidence.sum[s->which % EVIDENCE_SUMS] += number(s->number[0]);
		t->inflight[s->bytes % OPS] = s->number[1];
		break;
	case 4:
		add_upstream(snapshot, pid, s);
		break;
	case 5:
		snapshot->lost[s->which % LOSTS] += number(s->number[0]);
		snapshot->missed += s->bytes;
		t->backlog = (struct backlog){.listeners = 1,
					      .waiting = s->number[0],
					      .most = s->number[1],
					      .most_ever = s->number[1],
					      .limit = s->number[2],
					      .limit_ever = s->number[2]};
		break;
	default:
		add_calls(t, s);
	}
}

/* Looks at what a sink has written. */
static void check_output(const struct sink_job *job, char *text)
{
	size_t commas = 0;

	for (char *line = text, *end; *line; line = end + 1) {
		size_t found = 0;
		bool quoted = false;

		end = strchr(line, '\n');
		ENSURE(end);
		*end = '\0';
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		ENSURE(fuzz_is_plain(line));
		ENSURE(!job->sink->tells_losses || job->sink == &sink_html ||
		       fmt_width(line) <= style_columns(&job->style));
		for (const char *c = line; *c; c++) {
			quoted ^= *c == '"';
			found += *c == ',' && !quoted;
		}
		ENSURE(!job->sink->records || line == text || found == commas);
		commas = found;
	}
}

/* Looks whether a page has as many tags as each other one: nothing of what it is about is one. */
static void check_page(const char *text)
{
	static size_t tags;
	size_t found = 0;

	for (; *text; text++)
		found += *text == '<';
	ENSURE(found && (!tags || tags == found));
	tags = found;
}

/* Takes a length of a packet, a varint, and moves on behind it. */
static size_t take_length(const char *bytes, size_t size, size_t *at)
{
	size_t length = 0;

	for (unsigned int shift = 0; shift < 64 && *at < size; shift += 7) {
		char byte = bytes[(*at)++];

		length |= (size_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return length;
	}
	ENSURE(!"a length");
	return length;
}

/* Looks whether a trace is whole packets: each a tag, its length and as many bytes. */
static void check_trace(const char *bytes, size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t length;

		ENSURE(bytes[at++] == 0x0a);
		length = take_length(bytes, size, &at);
		ENSURE(length <= size - at);
		at += length;
	}
	ENSURE(at);
}

/* Says of the processes of a window whose they are, in texts that may be anybody's. */
static void tell_whose(struct window *w, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < w->processes.count && size; i++) {
		struct whose *whose = &w->processes.task[i]->whose;

		for (size_t at = 0; at < sizeof(*whose); at++)
			((char *)whose)[at] = (char)data[(at + i) % size];
		/* Most texts are ones of ports. */
		for (size_t at = 0; at < PORTS_LEN && i % 4; at++)
			whose->ports[at] = "0123456789,,,+/u"[whose->ports[at] & 15];
		if (i % 3)
			whose->ports[data[0] % PORTS_LEN] = '\0';
		whose->user[data[size - 1] % USER_LEN] = '\0';
	}
}

/* Has one sink write the report. */
static void write_report(const struct sink *sink, const struct report *r, const struct step *s)
{
	struct sink_job job = {.sink = sink,
			       .style = {.utf8 = s->which & 1,
					 .members = s->which & 2,
					 .columns = s->which & 4 ? 80 : 0,
					 .trace_max = 1000000,
					 .lines_by = s->bytes % LINE_KEYS}};
	char *text = NULL;
	size_t room;

	job.out = open_memstream(&text, &room);
	ENSURE(job.out);
	if (sink->open)
		sink->open(&job);
	sink->report(&job, r);
	if (sink->close)
		sink->close(&job);
	ENSURE(!fclose(job.out));
	if (sink == &sink_html)
		check_page(text);
	if (sink->streams)
		check_trace(text, room);
	else
		check_output(&job, text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot snapshot = {.at = NSEC_PER_SEC, .utc = {.tv_sec = 1}};
	struct fuzz_bytes b = {data, size};
	struct step first, s;
	struct window w;
	struct report *r;

	fuzz_take(&b, &first, sizeof(first));
	snapshot.at += number(first.number[0]);
	while (b.left) {
		fuzz_take(&b, &s, sizeof(s));
		take(&snapshot, &s);
	}
	upstreams_sort(&snapshot.upstreams);
	snapshot_diff(&w, NULL, number(first.number[1]) % snapshot.at, &snapshot);
	tell_whose(&w, data, size);
	r = report_build(&w, NULL, 0);
	for (size_t i = 0; sinks[i]; i++)
		write_report(sinks[i], r, &first);
	report_free(r);
	window_clear(&w);
	snapshot_clear(&snapshot);
	return 0;
}
