/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * watch.c - see watch.h.
 *
 * What goes in: options of `export` or `top`. What comes out: the same, of a run that goes on.
 */
#include "app/watch.h"
#include "target/selector.h"

/* Completes the options of a command that goes on until it is stopped. */
void watch_complete(struct options *o, uint64_t interval)
{
	o->quiet = true;
	if (!o->pids.count && !o->selection.includes)
		selection_add_all(&o->selection);
	/* Who is looked for may come later, and come again. */
	o->wait = o->selection.includes > 0;
	if (!o->interval)
		o->interval = interval;
}
