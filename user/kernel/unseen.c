/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unseen.c - see unseen.h.
 *
 * What goes in: processes that we may not look into. What comes out: a line that says what is not
 * known of them, and why.
 */
#include <stdio.h>

#include "base/notes.h"
#include "kernel/guards.h"
#include "kernel/rights.h"
#include "kernel/unseen.h"
#include "proc/proc_view.h"

/* Writes why we may not know what the threads of a process are blocked in. */
static void explain_unseen(char *why, size_t room, pid_t pid)
{
	unsigned int scope = yama_scope();
	char names[RIGHTS_LEN];

	rights_lacking(names, sizeof(names), rights_effective(), RIGHT_TO_SEE_CALLS);
	if (scope && proc_may_look(pid))
		snprintf(why, room, "with kernel.yama.ptrace_scope at %u%s", scope,
			 scope < YAMA_NOBODY ? " and without CAP_SYS_PTRACE" : "");
	else if (names[0])
		snprintf(why, room, "without %s", names);
	else
		snprintf(why, room, "not permitted, though no capability is lacking:");
}

/* Says what is not known of processes that we may not look into. */
void unseen_tell(const struct pid_list *unseen, struct notes *notes)
{
	size_t count = unseen->count;
	char why[192], more[32] = "";

	if (!count)
		return;
	explain_unseen(why, sizeof(why), unseen->pid[0]);
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	notes_warn(notes,
		   "pid %d%s: %s it cannot be seen what threads were blocked in: until their next "
		   "call that is app",
		   unseen->pid[0], more, why);
}
