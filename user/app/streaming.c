/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * streaming.c - see streaming.h.
 *
 * What goes in: a run. What comes out: its single events, in the outputs that want them.
 */
#include "app/start.h"
#include "app/streaming.h"
#include "base/fmt.h"
#include "kernel/collector.h"

/* Ends it, since no output takes more. */
static void stop(struct session *s, uint64_t at)
{
	const char *full = outputs_full(&s->outputs);

	s->streaming = false;
	collector_stream(s->collector, false);
	if (full)
		notes_warn(&s->notes,
			   "%s: the trace was full after %s and ends there; --perfetto-size sets "
			   "its size",
			   full, fmt_duration(at - s->first.at, ROOM_FULL).s);
}

/* Carries what came. */
static void carry(struct session *s, bool last)
{
	const struct stream_batch *batch;

	if (!s->streaming)
		return;
	batch = collector_take_stream(s->collector, s->first.at, last);
	outputs_stream(&s->outputs, batch);
	if (!outputs_take_stream(&s->outputs))
		stop(s, batch->to);
	collector_clear_stream(s->collector);
}

void streaming_step(struct session *s)
{
	carry(s, false);
}

/* Notes what is missing in a trace. */
void streaming_note(struct session *s)
{
	uint64_t unseen = outputs_unseen(&s->outputs);

	if (unseen)
		notes_warn(&s->notes,
			   "the trace: %s moves of threads or connections are missing; where, it "
			   "says \"not seen\"",
			   fmt_count(unseen, ROOM_FULL).s);
}

/* Carries the last ones. */
void streaming_end(struct session *s)
{
	carry(s, true);
	s->streaming = false;
}
