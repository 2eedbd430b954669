/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * descriptors.h - asks the kernel half about the descriptors of processes.
 */
#ifndef IOPHASE_DESCRIPTORS_H
#define IOPHASE_DESCRIPTORS_H

#include <stddef.h>

#include "base/types.h"

struct iophase_bpf;

/* Who is asked. */
struct descriptors_source {
	struct iophase_bpf *skel;
	bool whole; /* before Linux 6.1 an iterator cannot be told of which process */
};

/* An inquiry_ask; `arg` is the struct descriptors_source. 0 or -errno. */
int descriptors_ask(void *arg, struct descriptors *list, size_t count);

#endif
