/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packets.c - see packets.h.
 *
 * What goes in: events, tracks, names. What comes out: their packets.
 */
#include <string.h>
#include <time.h>

#include "base/types.h"
#include "sinks/packets.h"

/* Begins a packet. */
void packet_begin(struct packets *p)
{
	wire_begin(&p->packet);
	wire_number(&p->packet, PACKET_SEQUENCE_ID, SEQUENCE);
}

/* Writes the packet. */
void packet_write(struct packets *p)
{
	wire_begin(&p->framed);
	wire_message(&p->framed, TRACE_PACKET, &p->packet);
	fwrite(p->framed.bytes, 1, p->framed.size, p->out);
	p->size += p->framed.size;
}

/* Begins an event of a track, in p->event. */
void event_begin(struct packets *p, uint64_t type, uint32_t track)
{
	wire_begin(&p->event);
	wire_number(&p->event, EVENT_TYPE, type);
	wire_number(&p->event, EVENT_TRACK, track);
}

/* Writes the event at a time (ns). */
void event_write(struct packets *p, uint64_t at)
{
	packet_begin(p);
	wire_number(&p->packet, PACKET_TIMESTAMP, at);
	wire_number(&p->packet, PACKET_SEQUENCE_FLAGS, STATE_NEEDED);
	wire_message(&p->packet, PACKET_TRACK_EVENT, &p->event);
	packet_write(p);
}

/* Begins to tell of a track, in p->event. */
void track_begin(struct packets *p, uint32_t track, uint32_t parent)
{
	wire_begin(&p->event);
	wire_number(&p->event, TRACK_UUID, track);
	if (parent)
		wire_number(&p->event, TRACK_PARENT, parent);
}

/* Writes that. */
void track_write(struct packets *p)
{
	packet_begin(p);
	wire_message(&p->packet, PACKET_TRACK_DESCRIPTOR, &p->event);
	packet_write(p);
}

/* Adds a name that events are told by. */
void packets_intern(struct packets *p, unsigned int field, uint64_t iid, const char *text)
{
	if (!text)
		return;
	wire_begin(&p->inner);
	wire_number(&p->inner, INTERNED_IID, iid);
	wire_text(&p->inner, INTERNED_TEXT, text, strlen(text));
	wire_message(&p->event, field, &p->inner);
}

/* Adds what a clock shows now. */
static void add_clock(struct packets *p, clockid_t clock, uint64_t id)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		return;
	wire_begin(&p->inner);
	wire_number(&p->inner, CLOCK_ID, id);
	wire_number(&p->inner, CLOCK_TIMESTAMP,
		    (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec);
	wire_message(&p->event, SNAPSHOT_CLOCK, &p->inner);
}

/* Writes how the clocks stand to each other. */
void packets_clocks(struct packets *p)
{
	wire_begin(&p->event);
	add_clock(p, CLOCK_BOOTTIME, CLOCK_OF_BOOT);
	add_clock(p, CLOCK_MONOTONIC, CLOCK_OF_US);
	add_clock(p, CLOCK_REALTIME, CLOCK_OF_UTC);
	wire_number(&p->event, SNAPSHOT_PRIMARY, CLOCK_OF_US);
	packet_begin(p);
	wire_message(&p->packet, PACKET_CLOCK_SNAPSHOT, &p->event);
	packet_write(p);
}

/* Writes the names in p->event. */
void packets_names(struct packets *p)
{
	packet_begin(p);
	wire_number(&p->packet, PACKET_FIRST, 1);
	wire_number(&p->packet, PACKET_SEQUENCE_FLAGS, STATE_CLEARED);
	wire_message(&p->packet, PACKET_INTERNED_DATA, &p->event);
	wire_begin(&p->inner);
	wire_number(&p->inner, DEFAULTS_CLOCK_ID, CLOCK_OF_US);
	wire_message(&p->packet, PACKET_DEFAULTS, &p->inner);
	packet_write(p);
}
