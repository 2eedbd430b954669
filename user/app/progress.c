/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * progress.c - see progress.h.
 *
 * What goes in: options, reports of the time so far. What comes out: one line on the terminal,
 * which the next one takes the place of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/progress.h"
#include "base/fmt.h"
#include "base/log.h"
#include "base/now.h"
#include "sinks/phrases.h"

enum {
	FIRST_AFTER = 2, /* seconds: who asked for less waits for the report itself */
	SHARE = 100,	 /* of the time: what is shown costs no more than that part of a CPU */
	COLUMNS = 80,	 /* where the terminal does not say */
};

/* Whether stderr is a terminal on which a line can be written over, and ours at the moment. */
static bool has_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") &&
	       tcgetpgrp(STDERR_FILENO) == getpgrp();
}

/* Reports of intervals show that it goes on; a command's terminal is its own. */
void progress_begin(struct progress *p, const struct options *o)
{
	*p = (struct progress){.begun = now_ns()};
	if (o->interval || o->launch || o->quiet || o->serves || o->live || !isatty(STDERR_FILENO))
		return;
	p->due = p->begun + FIRST_AFTER * NSEC_PER_SEC;
	if (o->duration && p->begun + o->duration <= p->due)
		p->due = 0;
}

/* Whether it is time. */
bool progress_is_due(const struct progress *p)
{
	return p->due && now_ns() >= p->due && has_terminal();
}

/* The columns of the terminal. */
static unsigned int columns(void)
{
	struct winsize size = {0};

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? COLUMNS : size.ws_col;
}

/* Shows how long it has gone on, and what was seen so far. */
void progress_show(struct progress *p, const struct options *o, const struct report *r,
		   uint64_t cost)
{
	uint64_t calls = 0, answered = 0, now = now_ns();
	char of[64] = "";

	for (size_t i = 0; i < r->families; i++)
		calls += r->family[i].io_calls;
	for (size_t i = 0; i < r->processes; i++)
		answered += r->process[i].exchanges.answered;
	if (o->duration)
		snprintf(of, sizeof(of), " of %s", fmt_duration(o->duration, ROOM_FULL).s);
	log_status(columns(), "%s%s: %s, %s answered; Ctrl-C reports",
		   fmt_duration((now - p->begun) / NSEC_PER_SEC * NSEC_PER_SEC, ROOM_FULL).s, of,
		   number_of(calls, "I/O call").s, number_of(answered, "request").s);
	p->due = now + (cost > NSEC_PER_SEC / SHARE ? cost * SHARE : NSEC_PER_SEC);
}
