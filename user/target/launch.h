/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * launch.h - the command that is measured from its first instruction on: made, held, let go, and
 * waited for.
 *
 * It is a child of ours in our process group, with our terminal and standard descriptors. Until it
 * is let go it does nothing but to wait, and ends if we do.
 */
#ifndef IOPHASE_LAUNCH_H
#define IOPHASE_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

/* A zeroed one is none. */
struct launch {
	pid_t pid;	  /* 0: there is none */
	int pidfd;	  /* readable when it has ended */
	const char *name; /* of the program, as the user wrote it */
	int go, told;	  /* pipes: to let it go, what it has to say until it is the command */
	bool gone;	  /* it has been let go */
};

/*
 * Makes a process that will become the command (its words end in NULL), with the rights of a user
 * if one is named. Returns 0, or the exit code after one line. To be called before we change
 * anything that a child inherits.
 */
int launch_prepare(struct launch *l, char *const *command, const char *run_as);

/*
 * Has it become the command, which then runs: 0; or the exit code after one line, that of a shell
 * if there is no such program (127) or it cannot be executed (126).
 */
int launch_go(struct launch *l);

/* Ends a process that has not been let go. */
void launch_abandon(struct launch *l);

/* Whether the command has ended, all its threads. */
bool launch_ended(const struct launch *l);

/* Waits for the end of the command: its exit status, 128 and the signal's number if it was killed.
 */
int launch_status(struct launch *l);

#endif
