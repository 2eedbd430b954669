/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caller.h - who runs the program: the user, and behind sudo the one who called that.
 */
#ifndef IOPHASE_CALLER_H
#define IOPHASE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

struct caller {
	bool is_root;
	bool by_sudo; /* then root is it for another user: */
	uid_t uid;
	gid_t gid;
};

/* Who runs the program. */
struct caller caller_find(void);

/* Whether a user is no stranger to whoever runs the program: root, and the caller. */
bool caller_trusts(const struct caller *c, uid_t uid);

#endif
