/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pages.h - the pages of `iophase top` beside the list, which are texts.
 */
#ifndef IOPHASE_TOP_PAGES_H
#define IOPHASE_TOP_PAGES_H

#include "top/canvas.h"
#include "top/view.h"

/* Draws the page of the view between two lines, the second of which is not drawn on. */
void top_draw_page(struct canvas *c, struct top_view *v, const struct report *r, unsigned int from,
		   unsigned int to);

#endif
