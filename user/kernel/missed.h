/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * missed.h - events for which the kernel skipped our programs.
 */
#ifndef IOPHASE_MISSED_H
#define IOPHASE_MISSED_H

#include <stdint.h>

struct bpf_object;

/* How many there are so far; 0 before Linux 5.12, which does not count them. */
uint64_t missed_count(const struct bpf_object *object);

/* Says which programs were skipped, and how often. */
void missed_describe(const struct bpf_object *object);

#endif
