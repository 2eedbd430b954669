/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rights.h - which of the rights that we need we have: Linux's capabilities.
 */
#ifndef IOPHASE_RIGHTS_H
#define IOPHASE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a right is needed for; a set of these. */
enum right_purpose {
	RIGHT_TO_TRACE = 1,	/* BPF, always */
	RIGHT_TO_INSPECT = 2,	/* to look at processes that we may not look at by ourselves */
	RIGHT_TO_SEE_CALLS = 4, /* and at what their threads are blocked in */
	RIGHT_TO_READ = 8,	/* what has been measured, once the kernel half is there */
	RIGHT_TO_SIGNAL = 16,	/* processes of other users */
	RIGHT_TO_REPLACE = 32,	/* a file in a folder of others, by a new one of the same owner */
};

enum {
	RIGHTS_LEN = 128, /* bytes: room for the names of all of them */
};

/* Our effective capabilities, a bit each, as the kernel numbers them. */
uint64_t rights_effective(void);

/* Whether a capability of this name, or one that has it in it, is among the `effective` ones. */
bool rights_have(uint64_t effective, const char *name);

/*
 * Writes the names of those that are lacking among the `effective` ones for any of the purposes,
 * with commas between. Returns how many.
 */
unsigned int rights_lacking(char *names, size_t room, uint64_t effective, unsigned int purposes);

/*
 * Gives up, for good, all capabilities but those that any of the purposes needs: of these we keep
 * what we have. Returns 0 or -errno.
 */
int rights_keep_only(unsigned int purposes);

/* What rights_keep_only() keeps of a set of capabilities. */
uint64_t rights_of(uint64_t permitted, unsigned int purposes);

#endif
