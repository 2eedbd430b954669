/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listeners.h - asks the kernel half about the queues of listening sockets.
 *
 * For the collector only.
 */
#ifndef IOPHASE_KERNEL_LISTENERS_H
#define IOPHASE_KERNEL_LISTENERS_H

#include <stdbool.h>

#include "books/listeners.h"

struct iophase_bpf;
struct snapshot;

struct listeners_source {
	struct iophase_bpf *skel;
	struct drops_list drops;
	bool failed; /* they could not be looked at: that has been said */
};

/* Fills in the backlogs of the processes of a snapshot; 0 or -errno. */
int listeners_read(struct listeners_source *s, struct snapshot *snapshot);

#endif
