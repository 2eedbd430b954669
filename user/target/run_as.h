/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * run_as.h - the user whose rights a command is to have.
 */
#ifndef IOPHASE_RUN_AS_H
#define IOPHASE_RUN_AS_H

#include <sys/types.h>

/* A zeroed one is nobody. */
struct run_as {
	char *name, *home, *shell;
	uid_t uid;
	gid_t gid;
	gid_t *group; /* all that the user is in */
	int groups;
};

/* Looks a user up by name or number; 0, or the exit code after one line. To be cleared either way.
 */
int run_as_find(struct run_as *as, const char *name);

/*
 * Gives the calling process the rights of the user and no others, for good, and HOME, USER, LOGNAME
 * and SHELL. Returns 0, or -errno; then it has a part of them and is to end.
 */
int run_as_become(const struct run_as *as);

void run_as_clear(struct run_as *as);

#endif
