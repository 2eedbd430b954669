/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * live.h - a list of processes that lives: reports shown on a terminal, and keys that are pressed
 * there.
 */
#ifndef IOPHASE_LIVE_H
#define IOPHASE_LIVE_H

#include <signal.h>

#include "app/loop.h"
#include "app/options.h"
#include "judge/report.h"
#include "top/draw.h"

struct window;

enum {
	MESSAGES_KEPT = 20, /* for stderr, when the terminal is given back */
	/* Processes whose container is looked up again at a report: they are told of all day. */
	LIVE_WHERES_AGAIN = 16,
};

/* What is to be done about connections at a report. */
enum connections_read {
	CONNECTIONS_NOT,   /* nobody looks, and they are many */
	CONNECTIONS_BEGIN, /* what is told of them begins now */
	CONNECTIONS_TELL,
};

/* The list, as it is shown. A zeroed one is not. */
struct live {
	bool shown;
	struct top_view view;
	struct canvas canvas;
	struct report *report; /* that is shown, and what it is made of; ours */
	struct window *window;
	int events;	  /* ready when a key was pressed, or a signal came */
	int signals;	  /* that the terminal sends */
	bool takes;	  /* the next report, also if it is paused */
	uint64_t own_cpu; /* ns, until the report */
	uint64_t own_ns;  /* of that, in the time of the report */
	bool looks_at_threads, looks_at_connections; /* as of the latest key */
	bool reads_threads;			     /* as of the latest report, */
	bool reads_connections;			     /* likewise, */
	size_t processes, connections;		     /* in it */
	char *message[MESSAGES_KEPT];
	size_t messages;
	uint64_t message_until; /* when the last one is not shown any longer, ns */
};

/* The signals that a terminal sends, beside those that end the program: to be blocked at first. */
sigset_t live_signals(void);

/* Takes the terminal, and has the loop tell of keys as LOOP_REQUEST; 0 or -errno. */
int live_begin(struct live *l, const struct options *o, struct loop *loop);

/* Shows a report on a window from now on, unless it is paused; both are its to free. */
void live_take(struct live *l, struct report *r, struct window *w);

/* Does what keys and signals want; false: the user wants to quit, or the terminal has gone. */
bool live_step(struct live *l);

/*
 * Whether a report is to be made at once: a key has asked for it, or what is looked at was not told
 * of until now.
 */
bool live_asks(struct live *l);

/* Whether threads are to be told one by one, and what is to be done about connections. */
bool live_wants_threads(struct live *l);
enum connections_read live_connections(struct live *l);

/* Gives the terminal back, and says what was said meanwhile. */
void live_end(struct live *l);

#endif
