/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hooks.h - the events of the kernel that our programs are attached to.
 *
 * For the collector only.
 */
#ifndef IOPHASE_HOOKS_H
#define IOPHASE_HOOKS_H

#include "base/notes.h"
#include "kernel/setup.h"

struct bpf_link;
struct iophase_bpf;

struct hooks {
	struct iophase_bpf *skel;
	const char *tracefs;
	bool streams;	       /* a trace is asked for */
	unsigned int attached; /* system calls with a pair of tracepoints */
	bool lacks[MAX_OPS];   /* this kernel has no such call, so no tracepoints for it either */
	struct notes *notes;
	struct bpf_link **link; /* all that were made */
	size_t links;
	int *fd; /* what keeps them attached */
	size_t count;
	struct notes programs; /* the names of those that are attached */
};

/*
 * Attaches every program that the setup's features ask for; those for system calls to the raw pair,
 * or to a pair of tracepoints for each row of the table of calls. What could not be attached, and
 * can be done without, is noted and said. Returns 0; or the -errno for which a program was not
 * attached that cannot be done without, or not one system call.
 */
int hooks_attach(struct hooks *h, const struct collector_setup *setup, struct notes *notes);

/* Frees what the links take, and leaves them attached as long as their descriptors are open. */
void hooks_clear(struct hooks *h);

/* Closes these: who closes them last waits until they are detached, which takes seconds. */
void hooks_close(struct hooks *h);

#endif
