/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_perfetto.c - a trace for the viewer at ui.perfetto.dev: of each thread its calls, and in
 * them the phases, of each connection its states, and counters of processes.
 *
 * What goes in: single events, and what reports say was lost. What comes out: packets, as
 * protos/perfetto/trace of the Perfetto project has them; each is told once and never changed, so
 * nothing is kept but where each thread and connection stands. The numbers of fields are those of
 * that schema.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/fmt_address.h"
#include "base/xalloc.h"
#include "judge/timeline.h"
#include "sinks/packets.h"
#include "sinks/sink.h"

/* Interned names: of calls from 1 on, then those of phases and states. */
enum {
	NAME_CALLS = 1,
	NAME_PHASES = NAME_CALLS + OPS_TIMED + 1,
	NAME_STATES = NAME_PHASES + PHASES,
	CATEGORY_CALL = 1,
	CATEGORY_PHASE,
	CATEGORY_CONNECTION,
	ARGUMENT_UNFINISHED = 1,
};

enum {
	END_SIZE = 40,	  /* bytes: an end of a slice takes no more */
	LAST_SIZE = 8192, /* what is told last: why it ends, what was lost */
	NAME_LEN = 1200,
};

static const char *const phases[PHASES] = {
	[PHASE_WAIT] = "wait", [PHASE_RUNQ] = "runq", [PHASE_CPU] = "cpu", [PHASE_COPY] = "copy"};
static const char *const states[CONN_STATES] = {
	[CONN_IDLE] = "idle",	    [CONN_READY] = "ready", [CONN_SERVICE] = "service",
	[CONN_BLOCKED] = "blocked", [CONN_ASKED] = "asked",
};
static const char *const counters[TIMELINE_COUNTERS] = {
	[COUNTER_ON_CPU] = "threads on CPU",
	[COUNTER_RUN_QUEUE] = "threads in the run queue",
	[COUNTER_SERVICE] = "connections in service",
	[COUNTER_ASKED] = "upstreams asked",
};

struct state {
	struct timeline timeline;
	struct packets packets;
	uint64_t max;	  /* bytes of the trace */
	uint64_t open;	  /* slices that are begun */
	uint64_t at;	  /* ns: until then events are known */
	uint32_t notices; /* the track of what is told of the trace itself, 0: none */
};

/* Makes room for what is to be written; false if it has none. */
static bool has_room(const struct state *s, size_t size)
{
	return s->packets.size + size + (s->open + 1) * END_SIZE + LAST_SIZE <= s->max;
}

/* Writes the begin of a slice. */
static void slice_begin(struct state *s, uint32_t track, uint64_t at, unsigned int category,
			unsigned int name)
{
	event_begin(&s->packets, SLICE_BEGIN, track);
	wire_number(&s->packets.event, EVENT_CATEGORY_IID, category);
	wire_number(&s->packets.event, EVENT_NAME_IID, name);
	event_write(&s->packets, at);
}

/*
 * Writes the end of the slice that was begun last; cut: with an argument that says so. A slice
 * without an end would be shown up to the end of the file, and its time be in no sum.
 */
static void slice_end(struct state *s, uint32_t track, uint64_t at, bool cut)
{
	event_begin(&s->packets, SLICE_END, track);
	if (cut) {
		wire_begin(&s->packets.inner);
		wire_number(&s->packets.inner, ARGUMENT_NAME_IID, ARGUMENT_UNFINISHED);
		wire_number(&s->packets.inner, ARGUMENT_BOOL, true);
		wire_message(&s->packets.event, EVENT_ARGUMENT, &s->packets.inner);
	}
	event_write(&s->packets, at);
}

/* Writes both ends of a slice; false if there is no room. */
static bool slice(struct state *s, uint32_t track, uint64_t from, uint64_t to,
		  unsigned int category, unsigned int name, bool cut)
{
	if (!has_room(s, 2 * END_SIZE))
		return false;
	slice_begin(s, track, from, category, name);
	slice_end(s, track, to, cut);
	return true;
}

/* Writes what is told of a track; false if there is no room. */
static bool tell_track(struct state *s)
{
	if (!has_room(s, s->packets.event.size + END_SIZE))
		return false;
	track_write(&s->packets);
	return true;
}

/* Adds a name, whatever bytes are in it, as a text. */
static void add_comm(struct wire *w, unsigned int field, const char comm[COMM_LEN])
{
	const struct comm_text text = fmt_comm(comm, true);

	if (*text.s)
		wire_text(w, field, text.s, strlen(text.s));
}

static bool write_process(void *arg, uint32_t track, uint32_t pid, const char comm[COMM_LEN])
{
	struct state *s = arg;

	track_begin(&s->packets, track, 0);
	wire_begin(&s->packets.inner);
	wire_number(&s->packets.inner, PROCESS_PID, pid);
	add_comm(&s->packets.inner, PROCESS_NAME, comm);
	wire_message(&s->packets.event, TRACK_PROCESS, &s->packets.inner);
	return tell_track(s);
}

static bool write_thread(void *arg, uint32_t track, uint32_t pid, uint32_t tid,
			 const char comm[COMM_LEN])
{
	struct state *s = arg;

	track_begin(&s->packets, track, 0);
	wire_begin(&s->packets.inner);
	wire_number(&s->packets.inner, THREAD_PID, pid);
	wire_number(&s->packets.inner, THREAD_TID, tid);
	add_comm(&s->packets.inner, THREAD_NAME, comm);
	wire_message(&s->packets.event, TRACK_THREAD, &s->packets.inner);
	return tell_track(s);
}

/* A connection has a name that tells kind, role and addresses, and never one of another one. */
static bool write_connection(void *arg, uint32_t track, uint32_t parent, const struct conn_row *row)
{
	const struct address_text local = fmt_address(row->family, &row->local, true);
	const struct address_text remote = fmt_address(row->family, &row->remote, true);
	struct state *s = arg;
	char name[NAME_LEN];
	int size = snprintf(name, sizeof(name), "%s %s %s %s %s", connection_kind(row),
			    row->role == ROLE_CLIENT ? "client" : "server", local.s,
			    row->role == ROLE_CLIENT ? "to" : "from", remote.s);

	track_begin(&s->packets, track, parent);
	wire_text(&s->packets.event, TRACK_NAME, name, (size_t)size);
	wire_number(&s->packets.event, TRACK_MERGE, MERGE_NONE);
	return tell_track(s);
}

static bool write_counter(void *arg, uint32_t track, uint32_t parent, enum timeline_counter which)
{
	struct state *s = arg;

	track_begin(&s->packets, track, parent);
	wire_text(&s->packets.event, TRACK_NAME, counters[which], strlen(counters[which]));
	wire_begin(&s->packets.inner);
	wire_number(&s->packets.inner, COUNTER_UNIT, UNIT_OF_COUNT);
	wire_message(&s->packets.event, TRACK_COUNTER, &s->packets.inner);
	return tell_track(s);
}

static bool begin_call(void *arg, uint32_t track, uint64_t at, unsigned int op)
{
	struct state *s = arg;

	if (!has_room(s, END_SIZE))
		return false;
	slice_begin(s, track, at, CATEGORY_CALL, NAME_CALLS + op);
	s->open++;
	return true;
}

static void end_call(void *arg, uint32_t track, uint64_t at, bool cut)
{
	struct state *s = arg;

	slice_end(s, track, at, cut);
	s->open--;
}

static bool write_phase(void *arg, uint32_t track, uint64_t from, uint64_t to, enum phase phase,
			bool cut)
{
	return slice(arg, track, from, to, CATEGORY_PHASE, NAME_PHASES + phase, cut);
}

static bool write_state(void *arg, uint32_t track, uint64_t from, uint64_t to, enum conn_state in,
			bool cut)
{
	return slice(arg, track, from, to, CATEGORY_CONNECTION, NAME_STATES + in, cut);
}

static bool write_count(void *arg, uint32_t track, uint64_t at, uint64_t value)
{
	struct state *s = arg;

	if (!has_room(s, END_SIZE))
		return false;
	event_begin(&s->packets, COUNT, track);
	wire_number(&s->packets.event, EVENT_COUNT, value);
	event_write(&s->packets, at);
	return true;
}

/* Writes all names. */
static void write_names(struct state *s)
{
	wire_begin(&s->packets.event);
	packets_intern(&s->packets, INTERNED_CATEGORY, CATEGORY_CALL, "call");
	packets_intern(&s->packets, INTERNED_CATEGORY, CATEGORY_PHASE, "phase");
	packets_intern(&s->packets, INTERNED_CATEGORY, CATEGORY_CONNECTION, "connection");
	packets_intern(&s->packets, INTERNED_ARGUMENT, ARGUMENT_UNFINISHED, "unfinished");
	for (unsigned int op = 0; op <= OP_UNSEEN; op++)
		packets_intern(&s->packets, INTERNED_NAME, NAME_CALLS + op, timeline_call_name(op));
	for (unsigned int i = 0; i < PHASES; i++)
		packets_intern(&s->packets, INTERNED_NAME, NAME_PHASES + i, phases[i]);
	for (unsigned int i = 0; i < CONN_STATES; i++)
		packets_intern(&s->packets, INTERNED_NAME, NAME_STATES + i, states[i]);
	packets_names(&s->packets);
}

static void perfetto_open(struct sink_job *job)
{
	struct state *s = xcalloc(1, sizeof(*s));

	job->state = s;
	s->packets.out = job->out;
	s->max = job->style.trace_max;
	s->timeline.writer = (struct timeline_writer){
		.arg = s,
		.process = write_process,
		.thread = write_thread,
		.connection = write_connection,
		.counter = write_counter,
		.begin_call = begin_call,
		.end_call = end_call,
		.phase = write_phase,
		.state = write_state,
		.count = write_count,
	};
	packets_clocks(&s->packets);
	write_names(s);
}

/* Tells something of the trace itself: there is room for some such. */
static void notice(struct state *s, const char *text)
{
	static const char name[] = "about this trace";

	if (!s->notices) {
		s->notices = timeline_track(&s->timeline);
		track_begin(&s->packets, s->notices, 0);
		wire_text(&s->packets.event, TRACK_NAME, name, strlen(name));
		track_write(&s->packets);
	}
	if (s->packets.size + strlen(text) + 2 * (size_t)END_SIZE > s->max)
		return;
	event_begin(&s->packets, INSTANT, s->notices);
	wire_text(&s->packets.event, EVENT_NAME, text, strlen(text));
	event_write(&s->packets, s->at);
}

/* Takes events; when the trace is full, it says so, once. */
static void perfetto_stream(struct sink_job *job, const struct stream_batch *batch)
{
	struct state *s = job->state;
	bool was_full = s->timeline.full;
	char text[128];

	s->packets.out = job->out;
	timeline_take(&s->timeline, batch);
	s->at = timeline_until(batch);
	job->unseen = s->timeline.unseen;
	job->full = s->timeline.full;
	if (!job->full || was_full)
		return;
	snprintf(text, sizeof(text), "the trace is full (%s bytes): it ends here",
		 fmt_count(s->max, ROOM_FULL).s);
	notice(s, text);
}

/* Tells what was lost. */
static void tell_losses(struct sink_job *job, const struct report *r)
{
	struct state *s = job->state;
	char text[512];

	s->packets.out = job->out;
	for (size_t i = 0; i < r->losses; i++) {
		snprintf(text, sizeof(text), "lost %s: %s (%s)", r->loss[i].name,
			 fmt_count(r->loss[i].count, ROOM_FULL).s, r->loss[i].sentence);
		notice(s, text);
	}
}

/* Of the whole time, or of intervals one by one. */
static void perfetto_report(struct sink_job *job, const struct report *r)
{
	tell_losses(job, r);
}

static void perfetto_close(struct sink_job *job)
{
	struct state *s = job->state;
	char text[128];

	if (!s)
		return;
	s->packets.out = job->out;
	if (s->timeline.unseen) {
		snprintf(text, sizeof(text), "moves that no event told of: %s",
			 fmt_count(s->timeline.unseen, ROOM_FULL).s);
		notice(s, text);
	}
	timeline_free(&s->timeline);
	free(s);
	job->state = NULL;
}

const struct sink sink_perfetto = {
	.name = "perfetto",
	.help = "a trace of single events, for ui.perfetto.dev; needs -d",
	.streams = true,
	.open = perfetto_open,
	.report = perfetto_report,
	.stream = perfetto_stream,
	.close = perfetto_close,
};
