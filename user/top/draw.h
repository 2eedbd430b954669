/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * draw.h - a view of a report as it is to look on a screen.
 */
#ifndef IOPHASE_TOP_DRAW_H
#define IOPHASE_TOP_DRAW_H

#include "top/canvas.h"
#include "top/view.h"

/* What the header says beside what is in the report. */
struct top_about {
	const char *host;    /* somebody else's; or NULL */
	uint64_t own_ns;     /* CPU time of ours in the time (ns) of the report */
	const char *message; /* the latest one, or NULL */
};

/*
 * Draws a view of a report (NULL: there is none yet) on a canvas that has its size; the view knows
 * then what is where. The report has the connections if they are looked at.
 */
void top_draw(struct canvas *c, struct top_view *v, const struct report *r,
	      const struct top_about *about);

#endif
