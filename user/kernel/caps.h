/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caps.h - what we may do and what this kernel can do, probed before anything is loaded.
 */
#ifndef IOPHASE_CAPS_H
#define IOPHASE_CAPS_H

#include <sys/types.h>

#include "base/exit_code.h"
#include "kernel/setup.h"

enum {
	LACKS_MAX = 8, /* rows of the table of capabilities that can be lacking and do no harm */
};

/* What is to be traced, and how. */
struct caps_wanted {
	enum hook_kind hooks;
	const pid_t *pid;
	size_t pids;
};

/* Plain data. */
struct caps {
	enum hook_kind hooks;	       /* the way in to use: raw if the other is not to be had */
	bool have_syscall_tracepoints; /* looked for only if they were asked for */
	bool have_copy;		       /* the kernel tells when socket data is copied */
	bool have_signals;	       /* the kernel tells when a signal reaches a handler */
	bool have_sent;		       /* and when it is generated */
	enum uring_events uring;       /* the form in which it tells of io_uring's requests */
	const char *tracefs;	       /* where it is mounted, NULL: nowhere, or not looked for */
	const char *lack[LACKS_MAX];   /* what is lost without what is not there: one line each */
	bool said[LACKS_MAX];	       /* on stderr already */
	size_t lacks;
};

/* Probes everything. Returns 0, or the exit code after one line that says what is missing. */
int caps_check(struct caps *caps, const struct caps_wanted *wanted);

#endif
