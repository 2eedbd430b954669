/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * children.c - see children.h.
 *
 * What goes in: a window, and /proc. What comes out: `children` of its processes.
 */
#include "app/children.h"
#include "books/ops.h"
#include "proc/proc.h"

enum {
	LOOKED_UP_MAX = 8, /* processes in one report: each is a look at all processes there are */
};

/* Whether a process of a window was in no I/O call. */
static bool makes_no_calls(const struct task_sums *process)
{
	for (unsigned int op = 1; op < OPS; op++) {
		if (!ops[op].name)
			continue;
		if (process->call[op] || process->inflight[op])
			return false;
		if (op < OPS_TIMED && SUM_OF_PHASES(task_time_of(process, op)->ns))
			return false;
	}
	return true;
}

/* Looks up how many living descendants the first ones of a window without I/O have. */
void children_look_up(struct window *w)
{
	unsigned int looked_up = 0;

	for (size_t i = 0; i < w->processes.count && looked_up < LOOKED_UP_MAX; i++) {
		struct task_sums *process = w->processes.task[i];
		struct pid_list pids = {0};

		if (!process->pid || process->exited || !makes_no_calls(process))
			continue;
		looked_up++;
		/* What cannot be read is not known, and nothing is said. */
		if (!proc_descendants(process->pid, &pids))
			process->children = pids.count;
		pid_list_clear(&pids);
	}
}
