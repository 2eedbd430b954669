/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_asides.c - see text_asides.h.
 *
 * What goes in: a process of a report. What comes out: lines about I/O signals, about reads
 * that are not what they look like, and about errors. A further one is a function, and a call of it
 * at the end.
 */
#include "base/errno_name.h"
#include "judge/sampled.h"
#include "sinks/text_asides.h"
#include "sinks/text_line.h"

enum {
	WORST = 3, /* errors that are told */
};

/* Begins a line with a number and its noun, unless the number is 0: then there is none. */
static bool begin(struct line *l, uint64_t n, const char *noun)
{
	if (!n)
		return false;
	putc('\n', l->out);
	line_add(l, "", "%s", number_of(n, noun).s);
	return true;
}

/* Writes how long threads were stopped, and whether they are. */
static void write_stopped(struct line *l, const struct report_task *t)
{
	if (!t->stopped_ns)
		return;
	putc('\n', l->out);
	line_add_words(l, "", "Stopped (by a signal, a tracer or a freezer) for");
	line_add(l, " ", "%s of thread time", fmt_duration(t->stopped_ns, ROOM_FULL).s);
	if (t->stopped)
		line_add(l, "; ", "%u thread%s still stopped", t->stopped,
			 t->stopped == 1 ? " is" : "s are");
	line_end(l);
}

/* Writes by how many samples time on a CPU is divided, and what that is worth. */
static void write_samples(struct line *l, const struct report_task *t)
{
	unsigned int error = sampled_error(t->samples);

	if (t->light && begin(l, t->samples, "sample")) {
		line_add_words(l, " ",
			       "of what was on a CPU divide that time between calls and app: each "
			       "share");
		line_add(l, " ", "+-%u.%u points at most (95 %%)", error / 10, error % 10);
	}
	line_end(l);
}

/* Writes how long I/O signals took from their generation until they reached a thread. */
static void write_signals(struct line *l, const struct report_task *t)
{
	if (begin(l, t->signals, "I/O signal") && t->has_delays) {
		line_add(l, ", ", "from generation to delivery: p50 %s",
			 fmt_duration(t->signal_delay.p50, ROOM_FULL).s);
		line_add(l, ", ", "p99 %s", fmt_duration(t->signal_delay.p99, ROOM_FULL).s);
	}
	line_end(l);
}

/* Writes which reads brought nothing but a wake-up, and which left the data where they were. */
static void write_reads(struct line *l, const struct report_task *t)
{
	if (begin(l, t->wakeups, "wake-up"))
		line_add_words(l, " ",
			       "read from its own eventfd, timerfd, signalfd, pipe or pair of "
			       "sockets: no vote");
	line_end(l);
	if (begin(l, t->peeks, "peek"))
		line_add_words(l, " ", "at data that a later read takes: no bytes, no vote");
	line_end(l);
}

/* An error of a call of the process. */
struct failure {
	const struct report_call *call;
	struct error_sum sum;
};

/* Puts a failure where it belongs among the most frequent ones. */
static void place(struct failure worst[WORST], struct failure f)
{
	for (size_t i = 0; i < WORST; i++) {
		struct failure next = worst[i];

		if (next.sum.count >= f.sum.count)
			continue;
		worst[i] = f;
		f = next;
	}
}

/* Writes why calls failed: the most frequent errors. */
static void write_errors(struct line *l, const struct report_task *t)
{
	struct failure worst[WORST] = {0};

	for (size_t i = 0; i < t->calls; i++)
		for (unsigned int e = 0; e < t->call[i].errors.count; e++)
			place(worst, (struct failure){&t->call[i], t->call[i].errors.sum[e]});
	for (size_t i = 0; i < WORST && worst[i].call; i++) {
		const char *name = errno_name(worst[i].sum.error);
		char number[16];

		snprintf(number, sizeof(number), "%u", worst[i].sum.error);
		line_add(l, i ? ", " : "\n", "%s%s %s %s", i ? "" : "Errors: ", worst[i].call->name,
			 name ? name : number, fmt_count(worst[i].sum.count, ROOM_FULL).s);
	}
	line_end(l);
}

void text_asides(FILE *out, const struct report_task *t, const struct style *style)
{
	struct line l = text_line(out, style, 2);

	write_stopped(&l, t);
	write_samples(&l, t);
	write_signals(&l, t);
	write_reads(&l, t);
	write_errors(&l, t);
}
