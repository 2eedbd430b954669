/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * losses.c - see losses.h.
 */
#include <inttypes.h>

#include "app/losses.h"
#include "base/log.h"
#include "judge/report.h"

/* A line for each kind of loss of the report, and one of the connections that were let go. */
void losses_say(const struct report *r, const char *when)
{
	if (r->let_go)
		log_warn("connections let go%s: %" PRIu64 " (the least active ones of more than "
			 "%" PRIu64 ")",
			 when, r->let_go, r->connections_max);
	for (size_t i = 0; i < r->losses; i++)
		log_warn("lost %s%s: %" PRIu64 " (%s)", r->loss[i].name, when, r->loss[i].count,
			 r->loss[i].sentence);
}
