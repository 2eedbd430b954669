/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * export.c - the command `export`: what is meant where nothing is said.
 *
 * What goes in: its options. What comes out: those of a run that tells of its metrics until it is
 * stopped.
 */
#include "app/export.h"
#include "app/options.h"
#include "base/types.h"
#include "target/selector.h"

/* For so long the books of who has ended are kept for certain, if nobody asks for metrics. */
#define BETWEEN_LOOKS (5 * NSEC_PER_SEC)

/* All that have sockets, without a text; who is looked for may come later, and come again. */
void export_complete(struct options *o)
{
	o->serves = true;
	o->quiet = true;
	/* It takes no text that could be wrong. */
	if (!o->pids.count && !o->selection.includes)
		(void)selection_add(&o->selection, false, &selector_all, "");
	o->wait = o->selection.includes > 0;
	if (!o->interval)
		o->interval = BETWEEN_LOOKS;
}
