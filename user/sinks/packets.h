/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packets.h - the packets of a Perfetto trace, one behind the other: their fields, by the numbers
 * of protos/perfetto/trace of the Perfetto project, and events of tracks.
 */
#ifndef IOPHASE_PACKETS_H
#define IOPHASE_PACKETS_H

#include <stdio.h>

#include "sinks/wire.h"

/* Of messages the fields that we write. */
enum {
	TRACE_PACKET = 1,

	PACKET_CLOCK_SNAPSHOT = 6,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_INTERNED_DATA = 12,
	PACKET_SEQUENCE_FLAGS = 13,
	PACKET_DEFAULTS = 59,
	PACKET_TRACK_DESCRIPTOR = 60,
	PACKET_FIRST = 87,

	DEFAULTS_CLOCK_ID = 58,

	SNAPSHOT_CLOCK = 1,
	SNAPSHOT_PRIMARY = 2,
	CLOCK_ID = 1,
	CLOCK_TIMESTAMP = 2,

	INTERNED_CATEGORY = 1,
	INTERNED_NAME = 2,
	INTERNED_ARGUMENT = 3,
	INTERNED_IID = 1,
	INTERNED_TEXT = 2,

	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_THREAD = 4,
	TRACK_PARENT = 5,
	TRACK_COUNTER = 8,
	TRACK_MERGE = 15,
	PROCESS_PID = 1,
	PROCESS_NAME = 6,
	THREAD_PID = 1,
	THREAD_TID = 2,
	THREAD_NAME = 5,
	COUNTER_UNIT = 3,

	EVENT_CATEGORY_IID = 3,
	EVENT_ARGUMENT = 4,
	EVENT_TYPE = 9,
	EVENT_NAME_IID = 10,
	EVENT_TRACK = 11,
	EVENT_NAME = 23,
	EVENT_COUNT = 30,
	ARGUMENT_NAME_IID = 1,
	ARGUMENT_BOOL = 2,
};

/* What fields hold. */
enum {
	SEQUENCE = 1,
	STATE_CLEARED = 1,
	STATE_NEEDED = 2,
	MERGE_NONE = 2,
	UNIT_OF_COUNT = 2,
	SLICE_BEGIN = 1,
	SLICE_END = 2,
	INSTANT = 3,
	COUNT = 4,
	CLOCK_OF_UTC = 1, /* BUILTIN_CLOCK_REALTIME, */
	CLOCK_OF_US = 3,  /* _MONOTONIC, */
	CLOCK_OF_BOOT = 6 /* _BOOTTIME */
};

/* What is being written. */
struct packets {
	FILE *out;     /* memory of the call in progress */
	uint64_t size; /* bytes of all so far */
	struct wire inner, event, packet, framed;
};

/* Begins a packet, in p->packet. */
void packet_begin(struct packets *p);

/* Writes the packet. */
void packet_write(struct packets *p);

/* Begins an event of a track, in p->event. */
void event_begin(struct packets *p, uint64_t type, uint32_t track);

/* Writes the event at a time (ns). */
void event_write(struct packets *p, uint64_t at);

/* Begins to tell of a track, in p->event; parent 0: it has none. */
void track_begin(struct packets *p, uint32_t track, uint32_t parent);

/* Writes that. */
void track_write(struct packets *p);

/* Writes how the clocks stand to each other now. */
void packets_clocks(struct packets *p);

/* Adds a name by which events are told, to p->event; NULL is none. */
void packets_intern(struct packets *p, unsigned int field, uint64_t iid, const char *text);

/* Writes these names, and that times are ns of CLOCK_MONOTONIC: the first packet of the sequence.
 */
void packets_names(struct packets *p);

#endif
