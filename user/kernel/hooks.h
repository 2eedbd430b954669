/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hooks.h - the events of the kernel that our programs are attached to.
 *
 * For the collector only.
 */
#ifndef IOPHASE_HOOKS_H
#define IOPHASE_HOOKS_H

#include "kernel/setup.h"

struct iophase_bpf;

struct hooks {
	struct iophase_bpf *skel;
	unsigned int attached; /* system calls with a pair of tracepoints */
	bool lacks[MAX_OPS];   /* this kernel has no tracepoints for it */
};

/*
 * Attaches the programs: to the raw pair of system calls, or to a pair of tracepoints for each row
 * of the table of calls, as the tracefs of the setup has them; to the copying of socket data and to
 * signals, where the setup says that this kernel tells of them; and to the scheduler. 0 or -errno.
 */
int hooks_attach(struct hooks *h, const struct collector_setup *setup);

#endif
