/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * top.c - the command `top`, which is a `trace` of all who have sockets whose reports are shown on
 * a terminal (live.c).
 */
#include <signal.h>

#include "app/live.h"
#include "app/screen.h"
#include "app/top.h"
#include "app/trace.h"
#include "app/watch.h"
#include "base/log.h"

#define INTERVAL (2 * NSEC_PER_SEC) /* ns */

enum {
	SHOWN_CONNECTIONS = 200,
};

/* It shows what it knows. */
void top_complete(struct options *o)
{
	o->live = true;
	watch_complete(o, INTERVAL);
	if (!o->no_connections)
		o->sockets = SHOWN_CONNECTIONS;
}

/* Runs it, where there is a terminal. */
enum exit_code top_run(const struct options *o)
{
	const char *lacks = screen_lacks();
	sigset_t set = live_signals();

	if (lacks) {
		log_error("%s; iophase ps prints the same list", lacks);
		return EXIT_USAGE;
	}
	/* Before there are threads, which would take them otherwise. */
	sigprocmask(SIG_BLOCK, &set, NULL);
	return trace_run(o);
}
