/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchanges.h - what clients waited for, and what upstreams cost.
 */
#ifndef IOPHASE_EXCHANGES_H
#define IOPHASE_EXCHANGES_H

#include "judge/percentiles.h"

struct task_sums;

/* The connections of one side that had an exchange, and what was done on all of that side. */
struct side_use {
	uint64_t connections;
	uint64_t reads, writes;
};

/* The exchanges of a task that ended in the period; times in ns. */
struct exchanges {
	/* As a server: from the first data of a request ready until its answer was begun. */
	uint64_t answered;
	uint64_t untimed; /* of them, ready before anybody looked: their queueing is too short */
	struct percentiles response, queueing, service;
	uint64_t part[QUEUE_CAUSES]; /* sums of all: the queueing by cause, */
	uint64_t queueing_ns;	     /* the sum of these, */
	uint64_t service_ns;
	uint64_t served[SERVED_KINDS]; /* of that, where each thread had one request open: by what
					* it did */
	/* As a client: from what it wrote first to the first of the answer ready. */
	uint64_t asked;
	struct percentiles upstream;
	uint64_t asked_ns;
	uint64_t unplaced, unplaced_ns; /* of these, of addresses that there was no room for */
	struct side_use side[SIDES];
	/* How often the service, and the answer of an upstream, took as long as TCP delays an
	 * acknowledgement. */
	uint64_t held_services, held_answers;
	/* How often data were left in an edge-triggered connection until more came, and for how
	 * long. */
	uint64_t left, left_ns;
	uint64_t spliced; /* reads by splice: of these the kernel does not tell */
};

/* The exchanges of a task of a window. */
struct exchanges exchanges_of(const struct task_sums *sums);

#endif
