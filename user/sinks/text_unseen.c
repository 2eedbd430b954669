/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_unseen.c - see text_unseen.h.
 *
 * What goes in: a report. What comes out: lines.
 */
#include "sinks/text_line.h"
#include "sinks/text_unseen.h"

enum {
	SENTENCE_MAX = 128, /* bytes of what is said of a loss */
};

#define LATE NSEC_PER_SEC /* the ns of an attach that go without saying */

/* Writes the line of the time that a report of an interval begins with. */
void text_interval(FILE *out, const struct report *r)
{
	struct tm tm = {0};

	if (!gmtime_r(&r->utc.tv_sec, &tm))
		return;
	fprintf(out, "-- %02d:%02d:%02d UTC, %s --\n", tm.tm_hour, tm.tm_min, tm.tm_sec,
		fmt_duration(r->period, ROOM_FULL).s);
}

/* Writes how many of those that ended have no line of their own. */
void text_summed(FILE *out, const struct report *r, const struct style *style)
{
	struct line l = text_line(out, style, 0);

	if (r->summed_threads) {
		line_add_words(&l, "",
			       "Threads that ended and are summed, in one line for each process:");
		line_add(&l, " ", "%s.", fmt_count(r->summed_threads, ROOM_FULL).s);
	}
	line_end(&l);
	if (r->summed_processes) {
		line_add_words(&l, "", "Processes that ended and are summed, as pid 0, exited:");
		line_add(&l, " ", "%s.", fmt_count(r->summed_processes, ROOM_FULL).s);
	}
	line_end(&l);
}

/* Writes how many connections were let go. */
void text_let_go(FILE *out, const struct report *r, const struct style *style)
{
	struct line l = text_line(out, style, 0);

	if (!r->let_go)
		return;
	line_add(&l, "", "Connections let go: %s.", fmt_count(r->let_go, ROOM_FULL).s);
	line_add(&l, " ", "There were more than %s;", fmt_count(r->connections_max, ROOM_FULL).s);
	line_add_words(&l, " ", "what had come of them is in the sums of their processes.");
	line_end(&l);
}

/* Adds what was in flight at the ends. */
static void add_flights(struct line *l, const struct report *r)
{
	line_add(l, l->column ? " " : "", "%s %s in flight when it began and %s when it ended.",
		 number_of(r->inflight_before, "call").s, r->inflight_before == 1 ? "was" : "were",
		 fmt_count(r->inflight, ROOM_FULL).s);
	if (r->requests)
		line_add(l, " ", "%s %s in flight when it ended.",
			 number_of(r->requests, "request").s, r->requests == 1 ? "was" : "were");
}

/* Writes what was lost, what was in flight at the ends if that is wanted, and the notes. */
void text_unseen(FILE *out, const struct report *r, const struct style *style, bool flights)
{
	struct line l = text_line(out, style, 0);

	if (!r->losses)
		line_add_words(&l, "",
			       joins_leave_out(&r->joins) ? "Lost nothing of what was taken in."
							  : "Lost nothing.");
	for (size_t i = 0; i < r->losses; i++) {
		char sentence[SENTENCE_MAX];

		snprintf(sentence, sizeof(sentence), "(%s).", r->loss[i].sentence);
		l.indent = 2;
		line_add(&l, "", "Lost %s: %s", r->loss[i].name,
			 fmt_count(r->loss[i].count, ROOM_FULL).s);
		line_add_words(&l, " ", sentence);
		line_end(&l);
		l.indent = 0;
	}
	if (flights)
		add_flights(&l, r);
	if (r->late > LATE) {
		line_add(&l, l.column ? " " : "",
			 "Attaching took %s:", fmt_duration(r->late, ROOM_FULL).s);
		line_add_words(&l, " ", "what was done then is not in here.");
	}
	line_end(&l);
	l.indent = 2;
	for (size_t i = 0; i < r->notes; i++) {
		line_add_words(&l, "", r->note[i]);
		line_end(&l);
	}
}
