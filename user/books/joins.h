/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * joins.h - who is not in the books from its begin, or not at all: by selectors, counted.
 */
#ifndef IOPHASE_JOINS_H
#define IOPHASE_JOINS_H

#include <stdbool.h>

#include "base/types.h"

/* Since the attach; in a window, in that. */
struct joins {
	/* Processes that were taken in after they had begun, or had become what is looked for: */
	uint64_t late;
	uint64_t older;	 /* those that were there before us: since when they match is not known; */
	uint64_t most;	 /* ns: so much later than they had begun the others were, at most, ever */
	uint64_t denied; /* that may match and could not be looked into, when that was done last */
	uint64_t missed; /* that may have matched, and had ended before they could be looked at */
	bool hidden;	 /* /proc does not show those of others */
};

/* Whether nothing lost is not all that there is to be said. */
static inline bool joins_leave_out(const struct joins *j)
{
	return j->late || j->denied || j->missed || j->hidden;
}

/* What came between two instants. */
static inline struct joins joins_between(const struct joins *earlier, const struct joins *later)
{
	struct joins j = *later;

	j.late -= earlier->late < j.late ? earlier->late : j.late;
	j.missed -= earlier->missed < j.missed ? earlier->missed : j.missed;
	j.older -= earlier->older < j.older ? earlier->older : j.older;
	return j;
}

#endif
