/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own_time.h - for how long our own programs ran in the kernel, as it counts that itself.
 *
 * Counting is a switch of the whole machine (kernel.bpf_stats_enabled, or a descriptor that
 * somebody holds): with it each run of each BPF program reads the clock twice.
 */
#ifndef IOPHASE_OWN_TIME_H
#define IOPHASE_OWN_TIME_H

#include "base/notes.h"
#include "books/own_cost.h"
#include "kernel/setup.h"

struct bpf_object;

/* To be opened before it is used, or all zero: then nothing is told. */
struct own_time {
	int fd; /* while it is open, the kernel counts; 0: we hold none */
	bool told;
	struct program_cost *program; /* those that are loaded */
	size_t programs;
};

/* Has the kernel count, as it is wished; a note if it was asked for and cannot be. */
void own_time_open(struct own_time *t, enum own_time_wish wish, struct notes *notes);

/* Fills in what the programs of the object have run until now; nothing where that is not counted.
 */
void own_time_read(struct own_time *t, const struct bpf_object *object, struct own_cost *cost);

void own_time_close(struct own_time *t);

#endif
