/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * half.h - the kernel half: opened, told what to do, and loaded.
 */
#ifndef IOPHASE_HALF_H
#define IOPHASE_HALF_H

#include "kernel/setup.h"

struct iophase_bpf;

/* Opens the one of its objects that these features ask for; 0 or -errno. */
int half_open(struct iophase_bpf **skel, struct feature_set features);

/* Writes the table of calls and the other knobs into its read-only data. */
void half_set(const struct iophase_bpf *skel, const struct collector_setup *setup);

/* Loads it, and lets go of the kernel's types; 0 or -errno. */
int half_load(struct iophase_bpf *skel);

#endif
