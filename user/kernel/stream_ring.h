/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream_ring.h - single events of the kernel half, taken out of its ring for a trace.
 *
 * For the collector only.
 */
#ifndef IOPHASE_STREAM_RING_H
#define IOPHASE_STREAM_RING_H

#include "books/stream.h"
#include "kernel/pools.h"
#include "kernel/setup.h"

struct ring_buffer;

struct stream_source {
	struct pools *pools;
	struct ring_buffer *ring; /* NULL: nobody asked */
	bool on;
	uint64_t added; /* threads that were adopted when that was looked at last */
	struct stream_batch batch;
	uint32_t *known; /* by index of books: the tid that was told of, 0: none */
	size_t known_room;
};

/* Sizes their maps, by whether a trace is asked for; before the load. Returns 0 or -errno. */
int stream_configure(struct stream_source *s, struct pools *pools,
		     const struct collector_setup *setup);

/* Opens their way to us; after the load. Returns 0 or -errno. */
int stream_open(struct stream_source *s);

/* Has the kernel half tell, or not any more. */
void stream_switch(struct stream_source *s, bool on);

/* Takes all out of the ring that is there. */
void stream_take(struct stream_source *s);

/* The books of a thread are closed, and about to be read and freed. */
void stream_end_thread(struct stream_source *s, uint32_t index);

/* What threads are called and do at the end, when their books do not move any more. */
void stream_tell_last(struct stream_source *s);

/* Frees what it holds on our side. */
void stream_close(struct stream_source *s);

#endif
