/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.h - all sums at one instant, and the difference of two such.
 *
 * Sums only ever grow, so a window is one snapshot less the one before it, and nothing that happens
 * between two reads can be lost or counted twice. Plain data: no kernel, no clock, no I/O.
 */
#ifndef IOPHASE_SNAPSHOT_H
#define IOPHASE_SNAPSHOT_H

#include <sys/types.h>
#include <time.h>

#include "books/backlog.h"
#include "books/errors.h"
#include "books/evidence.h"
#include "books/hist.h"
#include "books/joins.h"
#include "books/pulse.h"
#include "books/task_list.h"
#include "books/upstreams.h"
#include "base/types.h"
#include "base/where.h"
#include "base/whose.h"

struct snapshot {
	uint64_t at;	     /* ns, CLOCK_MONOTONIC */
	bool first;	     /* there is none before it */
	struct timespec utc; /* CLOCK_REALTIME of the same instant */
	uint64_t lost[LOSTS];
	uint64_t missed; /* runs of our programs that the kernel skipped (bpf_prog_info) */
	uint64_t torn;	 /* threads whose books moved while they were read, again and again */
	uint64_t let_go; /* connections, at the limit: they have no books any more, or new ones */
	struct joins joins;
	struct task_list processes;
	struct task_list threads; /* empty unless threads were asked for */
	struct pulse_list pulses; /* of all threads that live */
	struct upstream_list upstreams;
};

/* The sums between two snapshots: each field is the later less the earlier one. */
struct window {
	uint64_t from, to;   /* ns, CLOCK_MONOTONIC */
	struct timespec utc; /* CLOCK_REALTIME of the end */
	bool whole;	     /* it began with the first snapshot */
	uint64_t lost[LOSTS];
	uint64_t missed;
	uint64_t torn;
	uint64_t let_go;
	struct joins joins;
	struct task_list processes;
	struct task_list threads;
	struct pulse_list quiet;      /* threads that did nothing in it */
	struct loop_sleep_list loops; /* of processes whose threads multiplex */
	/* Those of processes that are not in the list any more are under pid 0, as these are. */
	struct upstream_list upstreams;
};

/*
 * The window from `earlier` to `later`; with earlier NULL, from `start` (ns) with all sums 0. A
 * task that had ended before the window began is not in it. What was summed up in between is in the
 * window of its heir, from where it stood in `earlier` on. To be freed by window_clear().
 */
void snapshot_diff(struct window *w, const struct snapshot *earlier, uint64_t start,
		   const struct snapshot *later);

void snapshot_clear(struct snapshot *s);
void window_clear(struct window *w);

#endif
