/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caps.h - what we may do and what this kernel can do, probed before anything is loaded.
 */
#ifndef IOPHASE_CAPS_H
#define IOPHASE_CAPS_H

#include <sys/types.h>

#include "base/exit_code.h"
#include "base/notes.h"
#include "kernel/setup.h"

/* What is to be traced, and how. */
struct caps_wanted {
	enum hook_kind hooks;
	const pid_t *pid;
	size_t pids;
	bool follow;
};

struct caps {
	struct feature_set features; /* what this kernel offers, and the way in to use: raw if the
				      * other is not to be had */
	const char *tracefs;	     /* where it is mounted, NULL: nowhere, or not looked for */
	struct notes lacks;	     /* what is lost without what is not there: one line each */
};

/*
 * Probes everything. Returns 0, or the exit code after one line that says what is missing. To be
 * cleared either way.
 */
int caps_check(struct caps *caps, const struct caps_wanted *wanted);

void caps_clear(struct caps *caps);

#endif
