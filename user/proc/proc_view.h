/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_view.h - how much of the machine our /proc shows.
 */
#ifndef IOPHASE_PROC_VIEW_H
#define IOPHASE_PROC_VIEW_H

#include <stdbool.h>
#include <sys/types.h>

enum proc_view {
	PROC_WHOLE,   /* the kernel's own pids */
	PROC_MISSING, /* none is mounted where we are */
	PROC_FOREIGN, /* it is that of another pid namespace than ours */
	PROC_NESTED,  /* we are in a pid namespace: its pids are not the kernel's */
};

/* Which /proc we see. */
enum proc_view proc_view(void);

/* Whether a process (or thread) is there although /proc does not show it. */
bool proc_hides(pid_t pid);

/* Whether /proc hides the processes of others from us: its mount option hidepid. */
bool proc_hides_others(void);

/* Whether a process whose stat we may not read is a thread of the kernel. */
bool proc_is_kernel_thread(pid_t pid);

/*
 * Whether we may look into a process: at its files and its program; true for one that is not there
 * at all. What its threads are blocked in, /proc may still hide.
 */
bool proc_may_look(pid_t pid);

#endif
