/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_loops.c - see text_loops.h.
 *
 * What goes in: a process of a report. What comes out: how much its event loops find at each wait,
 * and for how long they are away from it.
 */
#include "sinks/text_loops.h"
#include "sinks/text_line.h"

/* sum / count as 1,198 or 0.2. */
static struct text fmt_mean(uint64_t sum, uint64_t count)
{
	/* As a rate; of large numbers the last digits do not matter. */
	for (; count > UINT64_MAX / NSEC_PER_SEC; count /= 2)
		sum /= 2;
	return fmt_rate(sum, count * NSEC_PER_SEC, ROOM_FULL);
}

/* Adds a share of all waits, unless there is none. */
static void add_share(struct line *l, const char *what, uint64_t waits, uint64_t of)
{
	if (waits)
		line_add(l, ", ", "%s %s", fmt_percent(waits, of, ROOM_FULL).s, what);
}

/* Writes what the waits brought. */
static void write_waits(struct line *l, const struct loops *loops)
{
	uint64_t waits = loops->ready + loops->empty, sum, count;

	line_add(l, "", "Event loops: %s", number_of(waits, "wait").s);
	add_share(l, "came back empty", loops->empty, waits);
	if (loops->ready) {
		line_add(l, ", ", "%s with %s", loops->empty ? "the rest" : "each",
			 fmt_mean(loops->events, loops->ready).s);
		line_add(l, " ", "ready (p99 %s)", fmt_count(loops->ready_events.p99, ROOM_FULL).s);
	}
	add_share(l, "filled maxevents", loops->full, waits);
	sum = loops_watched(loops, &count);
	if (count)
		line_add(l, ", ", "%s descriptors %s", fmt_mean(sum, count).s,
			 loops->by_epoll ? "in a set" : "scanned each time");
	line_end(l);
}

/* Writes for how long the loops were away, and what they did with an event. */
static void write_lag(struct line *l, const struct loops *loops)
{
	uint64_t longest = loops_longest(loops);

	l->indent = 4;
	if (longest)
		line_add(l, "", "  Loop lag:");
	if (loops->turns) {
		line_add(l, " ", "p50 %s,", fmt_duration(loops->lag.p50, ROOM_FULL).s);
		line_add(l, " ", "p99 %s,", fmt_duration(loops->lag.p99, ROOM_FULL).s);
	}
	if (longest)
		line_add(l, " ", "longest %s%s", fmt_duration(longest, ROOM_FULL).s,
			 longest == loops->turn ? " and going on" : "");
	if (loops->events) {
		line_add(l, longest ? ", " : "  ", "%s reads",
			 fmt_mean(loops->reads, loops->events).s);
		line_add(l, " ", "and %s writes per event",
			 fmt_mean(loops->writes, loops->events).s);
	}
	line_end(l);
}

void text_loops(FILE *out, const struct report_task *t, const struct style *style)
{
	struct line l = text_line(out, style, 2);

	/* A single wait is no loop. */
	if (t->loops.ready + t->loops.empty < 2)
		return;
	putc('\n', out);
	write_waits(&l, &t->loops);
	write_lag(&l, &t->loops);
}
