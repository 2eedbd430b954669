/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector_parts.h - what a collector is made of, for its own files.
 */
#ifndef IOPHASE_COLLECTOR_PARTS_H
#define IOPHASE_COLLECTOR_PARTS_H

#include "books/inquiry.h"
#include "books/ledger.h"
#include "kernel/changes.h"
#include "kernel/connections.h"
#include "kernel/descriptors.h"
#include "kernel/hooks.h"
#include "kernel/listeners.h"
#include "kernel/own_time.h"
#include "kernel/pools.h"
#include "kernel/stream_ring.h"
#include "kernel/sweep.h"

struct collector {
	struct iophase_bpf *skel;
	struct pools pools;
	struct sweep sweep;
	struct hooks hooks;
	struct own_time own_time;
	struct ledger ledger;
	struct books_copy copy;
	uint64_t ended; /* when it was disarmed for good (ns), 0: not yet; and the same as a date */
	struct timespec ended_utc;
	struct descriptors_source descriptors;
	struct connections_source connections;
	struct listeners_source listeners;
	struct changes_source changes;
	struct stream_source stream;
	struct inquiry inquiry;
	uint32_t samples; /* a second, of each CPU */
	bool reaped;	  /* somebody has ended since collector_calm() was asked */
};

#endif
