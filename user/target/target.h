/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * target.h - the processes to attach to, checked.
 */
#ifndef IOPHASE_TARGET_H
#define IOPHASE_TARGET_H

#include <sys/types.h>

#include "base/exit_code.h"
#include "base/types.h"

struct target {
	pid_t pid;
	int pidfd; /* readable when the process has ended */
	char comm[COMM_LEN];
};

/* A zeroed list is empty. */
struct target_list {
	struct target *target;
	size_t count;
};

/*
 * Checks the pids that the user gave and opens a pidfd for each. What has ended is left out with a
 * line, and so are 32-bit processes. Returns 0, or the exit code if none is left, or if one is no
 * process that can ever be traced: then a line says what is wrong with the first such one.
 */
int targets_open(struct target_list *list, const pid_t *pid, size_t count);

/* Closes the pidfds and leaves an empty list. */
void targets_close(struct target_list *list);

#endif
