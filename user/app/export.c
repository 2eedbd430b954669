/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * export.c - the command `export`: what is meant where nothing is said.
 *
 * What goes in: its options. What comes out: those of a run that tells of its metrics until it is
 * stopped.
 */
#include "app/export.h"
#include "app/watch.h"
#include "base/types.h"

/* For so long the books of who has ended are kept for certain, if nobody asks for metrics. */
#define BETWEEN_LOOKS (5 * NSEC_PER_SEC)

/* It serves what it knows. */
void export_complete(struct options *o)
{
	o->serves = true;
	watch_complete(o, BETWEEN_LOOKS);
}
