/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_exchanges.c - see text_exchanges.h.
 *
 * What goes in: a process of a report. What comes out: how long its clients waited for the first
 * byte of an answer, what that was made of, as bars; and how long its upstreams let it wait.
 */
#include <string.h>

#include "sinks/text_exchanges.h"
#include "sinks/text_line.h"

enum {
	AFTER_PARTS = 4,
	UPSTREAMS_SHOWN = 5,
	TITLE_COLUMNS = sizeof("What clients waited for   ") - 1,
};

/* Adds the percentiles of some durations. */
static void add_percentiles(struct line *l, const char *gap, const struct percentiles *p)
{
	line_add(l, gap, "p50 %s", fmt_duration(p->p50, ROOM_FULL).s);
	line_add(l, "   ", "p90 %s", fmt_duration(p->p90, ROOM_FULL).s);
	line_add(l, "   ", "p99 %s", fmt_duration(p->p99, ROOM_FULL).s);
	line_add(l, "   ", "max %s", fmt_duration(p->max, ROOM_FULL).s);
}

/* Writes one part of the response time: its mean, its share and a bar; ends the line. */
static void write_part(FILE *out, const struct style *style, const char *name, const char *colour,
		       uint64_t ns, const struct exchanges *e)
{
	struct part part = {
		.name = name,
		.colour = colour,
		.amount = fmt_duration(ns / e->answered, ROOM_FULL),
		.ns = ns,
		.whole = e->queueing_ns + e->service_ns,
	};

	text_part(out, &part, style);
	putc('\n', out);
}

/* Writes what a part of the response time was made of, as means; `rest` of it is not known. */
static void write_made_of(FILE *out, const struct style *style, const char *const names[],
			  const uint64_t ns[], unsigned int count, uint64_t rest, uint64_t answered)
{
	struct line l = text_line(out, style, AFTER_PARTS);
	const char *gap = "    ";

	for (unsigned int i = 0; i < count; i++) {
		if (!ns[i])
			continue;
		line_add(&l, gap, "%s %s", names[i], fmt_duration(ns[i] / answered, ROOM_FULL).s);
		gap = ", ";
	}
	/* What is left by the clocks being read at slightly different moments is not worth a word.
	 */
	if (rest / 100 > answered)
		line_add(&l, gap, "not known %s", fmt_duration(rest / answered, ROOM_FULL).s);
	line_end(&l);
}

/* Writes what the queueing was made of. */
static void write_causes(FILE *out, const struct style *style, const struct exchanges *e)
{
	static const char *const names[QUEUE_CAUSES] = {
		[QUEUE_BACKLOG] = "backlog", [QUEUE_WAKEUP] = "wake-up",
		[QUEUE_RUNQ] = "run queue",  [QUEUE_DISPATCH] = "dispatch",
		[QUEUE_READ] = "read",
	};

	write_made_of(out, style, names, e->part, QUEUE_CAUSES, 0, e->answered);
}

/* Writes what threads did while they served, as far as each served one request only. */
static void write_served(FILE *out, const struct style *style, const struct exchanges *e)
{
	static const char *const names[SERVED_KINDS] = {
		[SERVED_CPU] = "on CPU",
		[SERVED_RUNQ] = "run queue",
		[SERVED_ASLEEP] = "asleep",
		[SERVED_UPSTREAM] = "waiting for upstreams",
		[SERVED_IO] = "waiting in I/O calls",
	};
	uint64_t rest = e->service_ns;

	for (unsigned int i = 0; i < SERVED_KINDS; i++)
		rest -= e->served[i] < rest ? e->served[i] : rest;
	write_made_of(out, style, names, e->served, SERVED_KINDS, rest, e->answered);
}

/* Adds on how many connections the exchanges of a side were. */
static void add_connections(struct line *l, const struct side_use *side)
{
	if (side->connections)
		line_add(l, ", ", "on %s", number_of(side->connections, "connection").s);
}

/* n / of in hundredths, to the nearest. */
static uint64_t hundredths(uint64_t n, uint64_t of)
{
	return (n * 100 + of / 2) / of;
}

/* Writes how many reads and writes of a side there were for each of its exchanges, unless one. */
static void write_calls_each(FILE *out, const struct style *style, const struct side_use *side,
			     uint64_t exchanges)
{
	uint64_t reads = hundredths(side->reads, exchanges);
	uint64_t writes = hundredths(side->writes, exchanges);

	if ((reads != 100 || writes != 100) && (reads || writes)) {
		struct line l = text_line(out, style, AFTER_PARTS);

		line_add(&l, "", "  %.2f reads and %.2f writes for each request",
			 (double)reads / 100, (double)writes / 100);
		line_end(&l);
	}
}

/* Writes what the clients of a server waited for. */
static void write_answered(FILE *out, const struct report_task *t, const struct style *style)
{
	const struct exchanges *e = &t->exchanges;
	struct line l = text_line(out, style, AFTER_PARTS);

	fprintf(out, "%sWhat clients waited for%s   ", paint(style, PAINT_BOLD),
		paint(style, PAINT_END));
	l.column = TITLE_COLUMNS;
	line_add(&l, "", "%s answered, %s/s", number_of(e->answered, "request").s,
		 fmt_rate(e->answered, t->lived, ROOM_FULL).s);
	add_connections(&l, &e->side[SIDE_SERVER]);
	line_end(&l);
	line_add(&l, "", "  %-13s", "response");
	add_percentiles(&l, "  ", &e->response);
	line_end(&l);
	write_part(out, style, "queueing", "\033[31m", e->queueing_ns, e);
	write_causes(out, style, e);
	write_part(out, style, "service", "\033[32m", e->service_ns, e);
	write_served(out, style, e);
	write_calls_each(out, style, &e->side[SIDE_SERVER], e->answered);
	if (!e->untimed)
		return;
	line_add(&l, "", "  %s", number_of(e->untimed, "request").s);
	line_add_words(&l, " ", "may have waited longer: when they were ready was not seen.");
	line_end(&l);
}

/* So many answers a second. */
static struct text rate_of(uint64_t asked, const struct report_task *t)
{
	return fmt_rate(asked, t->lived, ROOM_FULL);
}

/* Writes the upstreams with the most time, one a line, and what the others came to. */
static void write_upstreams(FILE *out, const struct report_task *t, const struct style *style)
{
	const struct report_upstreams *u = &t->upstreams;
	size_t shown = u->count < UPSTREAMS_SHOWN ? u->count : UPSTREAMS_SHOWN;
	struct line l = text_line(out, style, AFTER_PARTS);
	uint64_t others = 0;
	int width = 0;

	for (size_t i = 0; i < u->count; i++) {
		struct short_address name =
			fmt_upstream_short(&u->upstream[i].key, u->upstream[i].name);
		int length = (int)strlen(name.s);

		if (i >= shown)
			others += u->upstream[i].asked;
		else if (length > width)
			width = length;
	}
	for (size_t i = 0; i < shown; i++) {
		const struct report_upstream *one = &u->upstream[i];

		line_add(&l, "", "  %-*s", width, fmt_upstream_short(&one->key, one->name).s);
		line_add(&l, "   ", "%s asked, %s/s", fmt_count(one->asked, ROOM_FULL).s,
			 rate_of(one->asked, t).s);
		line_add(&l, "   ", "p50 %s", fmt_duration(one->took.p50, ROOM_FULL).s);
		line_add(&l, "   ", "p99 %s", fmt_duration(one->took.p99, ROOM_FULL).s);
		line_add(&l, "   ", "max %s", fmt_duration(one->took.max, ROOM_FULL).s);
		line_end(&l);
	}
	if (others) {
		line_add(&l, "", "  %s more", fmt_count(u->count - shown, ROOM_FULL).s);
		line_add(&l, "   ", "%s asked, %s/s", fmt_count(others, ROOM_FULL).s,
			 rate_of(others, t).s);
		line_end(&l);
	}
	if (t->exchanges.unplaced) {
		line_add(&l, "", "  %s", number_of(t->exchanges.unplaced, "request").s);
		line_add_words(&l, " ", "to addresses that there was no room for.");
		line_end(&l);
	}
}

/* Writes what the process waited for as a client. */
static void write_asked(FILE *out, const struct report_task *t, const struct style *style)
{
	const struct exchanges *e = &t->exchanges;
	struct line l = text_line(out, style, AFTER_PARTS);

	line_add(&l, "", "Upstreams   %s answered, %s/s", number_of(e->asked, "request").s,
		 rate_of(e->asked, t).s);
	add_connections(&l, &e->side[SIDE_CLIENT]);
	add_percentiles(&l, "   ", &e->upstream);
	line_end(&l);
	write_calls_each(out, style, &e->side[SIDE_CLIENT], e->asked);
	write_upstreams(out, t, style);
}

/* Whether a queue of connections was more than half full, or had no room. */
static bool backlog_tells(const struct backlog *b)
{
	return b->dropped || 2 * b->most > backlog_room(b);
}

/* Writes how many connections waited to be accepted. */
static void write_backlog(FILE *out, const struct report_task *t, const struct style *style)
{
	const struct backlog *b = &t->backlog;
	struct line l = text_line(out, style, AFTER_PARTS);

	line_add(&l, "", "Backlog     %s", number_of(b->waiting, "connection").s);
	line_add_words(&l, " ", b->waiting == 1 ? "waits to be accepted" : "wait to be accepted");
	line_add(&l, ", ", "at most %s where there is room for %s", fmt_count(b->most, ROOM_FULL).s,
		 fmt_count(backlog_room(b), ROOM_FULL).s);
	if (b->dropped)
		line_add(&l, "; ", "%s of handshakes dropped", number_of(b->dropped, "packet").s);
	line_end(&l);
}

/* Writes the block of a process's exchanges and an empty line. */
void text_exchanges(FILE *out, const struct report *r, const struct report_task *t,
		    const struct style *style)
{
	const struct exchanges *e = &t->exchanges;
	struct line l = text_line(out, style, AFTER_PARTS);
	bool spliced = r->has_exchanges && !r->by_calls && e->spliced;

	if (e->answered)
		write_answered(out, t, style);
	if (e->asked)
		write_asked(out, t, style);
	if (spliced) {
		line_add(&l, "", "%s by splice:", number_of(e->spliced, "read").s);
		line_add_words(&l, " ", "what clients and upstreams waited for there is not seen.");
		line_end(&l);
	}
	if (backlog_tells(&t->backlog))
		write_backlog(out, t, style);
	if (e->answered || e->asked || spliced || backlog_tells(&t->backlog))
		putc('\n', out);
}
