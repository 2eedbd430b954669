/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ps.c - the command `ps`, which is a `trace` of all who have sockets, for a moment, in another
 * form.
 */
#include "app/options.h"
#include "app/ps.h"
#include "base/types.h"
#include "target/selector.h"

#define LASTS (2 * NSEC_PER_SEC) /* ns */

/*
 * All who have sockets; of those who match selectors, the ones that have. Who is named by pid is
 * shown whatever it has.
 */
void ps_complete(struct options *o)
{
	if (!o->duration)
		o->duration = LASTS;
	if (o->selection.includes || !o->pids.count)
		selection_add_all(&o->selection);
}
