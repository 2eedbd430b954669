/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.h - processes that run another program, have another name, or listen since the last look.
 */
#ifndef IOPHASE_CHANGES_H
#define IOPHASE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "proc/pids.h"

struct iophase_bpf;
struct ring_buffer;

/* Where they are told. */
struct changes_source {
	struct iophase_bpf *skel;
	struct ring_buffer *ring; /* NULL: nobody asked */
	struct pid_list changed;  /* taken out of the ring, and not handed on yet */
	uint64_t lost;		  /* that were not told until the last look */
};

/* Sizes their map, and has them told or not; before the load. Returns 0 or -errno. */
int changes_size(struct changes_source *s, struct iophase_bpf *skel, bool wanted);

/* Opens their way to us; after the load. Returns 0 or -errno. */
int changes_open(struct changes_source *s);

/* Frees what it holds on our side. */
void changes_clear(struct changes_source *s);

/*
 * Adds the processes that changed since the last look, each perhaps more than once. Returns 0;
 * -ENOBUFS if there are more that were not told, or another -errno: then any may have changed.
 */
int changes_read(struct changes_source *s, struct pid_list *changed);

#endif
