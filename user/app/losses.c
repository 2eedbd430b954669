/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * losses.c - see losses.h.
 */
#include <inttypes.h>

#include "app/losses.h"
#include "base/log.h"
#include "judge/report.h"

/* A line for each kind of loss of the report. */
void losses_say(const struct report *r, const char *when)
{
	for (size_t i = 0; i < r->losses; i++)
		log_warn("lost %s%s: %" PRIu64 " (%s)", r->loss[i].name, when, r->loss[i].count,
			 r->loss[i].sentence);
}
