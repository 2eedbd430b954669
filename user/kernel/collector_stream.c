/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector_stream.c - the part of the collector that is about single events, for a trace.
 *
 * What goes in: what lies in the ring. What comes out: batches of it, each with the time until when
 * all is in it.
 */
#include "base/now.h"
#include "kernel/collector.h"
#include "kernel/collector_parts.h"

/* Has single events told, or not any more. */
void collector_stream(struct collector *c, bool on)
{
	stream_switch(&c->stream, on);
}

/* The single events since the call before. */
const struct stream_batch *collector_take_stream(struct collector *c, uint64_t from, bool last)
{
	struct stream_batch *b = &c->stream.batch;

	/* What is in the ring until now, is in this batch. */
	b->to = c->ended ?: now_ns();
	b->from = from;
	stream_take(&c->stream);
	/* Of who has ended no event tells: what it did last, it would be said to do still. */
	collector_reap(c);
	b->last = last;
	if (last)
		stream_tell_last(&c->stream);
	return b;
}

void collector_clear_stream(struct collector *c)
{
	stream_batch_clear(&c->stream.batch);
}
