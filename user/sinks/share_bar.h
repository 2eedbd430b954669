/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * share_bar.h - a bar that is made of several parts, one for each phase.
 */
#ifndef IOPHASE_SHARE_BAR_H
#define IOPHASE_SHARE_BAR_H

#include "base/types.h"
#include "sinks/grid.h"

enum {
	SHARE_CELLS_MAX = 40, /* of a bar */
};

/* The sign of a phase. */
const char *share_sign(enum phase phase, bool utf8);

/*
 * A bar of `cells` cells, each of them the sign of a phase, in the shares that the parts have of
 * their sum; empty if that is 0. Each cell more goes to the part that most of it is missing for.
 */
struct cell share_bar(const uint64_t part[PHASES], unsigned int cells, bool utf8);

#endif
