/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * now.h - the clock that everything is measured by.
 */
#ifndef IOPHASE_NOW_H
#define IOPHASE_NOW_H

#include <stdint.h>

/* ns of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t now_ns(void);

/* ns that this process has been on a CPU. */
uint64_t now_cpu_ns(void);

#endif
