/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * half.h - the kernel half: opened, told what to do, and loaded.
 */
#ifndef IOPHASE_HALF_H
#define IOPHASE_HALF_H

#include "kernel/core_types.h"
#include "kernel/setup.h"

struct iophase_bpf;

/* Opens the one of its objects that these features ask for, and the file of types by which it will
 * be relocated; 0 or -errno. */
int half_open(struct iophase_bpf **skel, struct feature_set features, struct core_types *types);

/* Writes the table of calls and the other knobs into its read-only data. */
void half_set(const struct iophase_bpf *skel, const struct collector_setup *setup);

/* Loads it, and closes the file; 0 or -errno. */
int half_load(struct iophase_bpf *skel, struct core_types *types);

#endif
