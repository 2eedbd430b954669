/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_asides.c - see text_asides.h.
 *
 * What goes in: a process of a report. What comes out: lines about I/O signals, about reads
 * that are not what they look like, and about errors. A further one is a function, and a call of it
 * at the end.
 */
#include "base/errno_name.h"
#include "base/fmt.h"
#include "sinks/text_asides.h"

enum {
	WORST = 3, /* errors that are told */
};

/* Begins a line with a number and its noun, unless the number is 0: then there is none. */
static bool begin(FILE *out, uint64_t n, const char *noun)
{
	if (n)
		fprintf(out, "\n%s %s%s", fmt_count(n, ROOM_FULL).s, noun, n == 1 ? "" : "s");
	return n;
}

/* Writes how long threads were stopped, and whether they are. */
static void write_stopped(FILE *out, const struct report_task *t)
{
	if (!t->stopped_ns)
		return;
	fprintf(out, "\nStopped (by a signal, a tracer or a freezer) for %s of thread time",
		fmt_duration(t->stopped_ns, ROOM_FULL).s);
	if (t->stopped)
		fprintf(out, "; %u thread%s still", t->stopped, t->stopped == 1 ? " is" : "s are");
	putc('\n', out);
}

/* Writes how long I/O signals took from their generation until they reached a thread. */
static void write_signals(FILE *out, const struct report_task *t)
{
	if (!begin(out, t->signals, "I/O signal"))
		return;
	if (t->has_delays)
		fprintf(out, ", from generation to delivery: p50 %s, p99 %s",
			fmt_duration(t->signal_delay.p50, ROOM_FULL).s,
			fmt_duration(t->signal_delay.p99, ROOM_FULL).s);
	putc('\n', out);
}

/* Writes which reads brought nothing but a wake-up, and which left the data where they were. */
static void write_reads(FILE *out, const struct report_task *t)
{
	if (begin(out, t->wakeups, "wake-up"))
		fputs(" read from its own eventfd, timerfd, signalfd, pipe or pair of sockets: no "
		      "vote\n",
		      out);
	if (begin(out, t->peeks, "peek"))
		fputs(" at data that a later read takes: no bytes\n", out);
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
static void write_errors(FILE *out, const struct report_task *t)
{
	struct failure worst[WORST] = {0};

	for (size_t i = 0; i < t->calls; i++)
		for (unsigned int e = 0; e < t->call[i].errors.count; e++)
			place(worst, (struct failure){&t->call[i], t->call[i].errors.sum[e]});
	for (size_t i = 0; i < WORST && worst[i].call; i++) {
		const char *name = errno_name(worst[i].sum.error);

		fprintf(out, "%s%s ", i ? ", " : "\nErrors: ", worst[i].call->name);
		if (name)
			fprintf(out, "%s", name);
		else
			fprintf(out, "%u", worst[i].sum.error);
		fprintf(out, " %s", fmt_count(worst[i].sum.count, ROOM_FULL).s);
	}
	if (worst[0].call)
		putc('\n', out);
}

void text_asides(FILE *out, const struct report_task *t)
{
	write_stopped(out, t);
	write_signals(out, t);
	write_reads(out, t);
	write_errors(out, t);
}
