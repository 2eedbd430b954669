/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * types.h - what the kernel half shares, and what that stands on in user space.
 */
#ifndef IOPHASE_TYPES_H
#define IOPHASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "common/abi.h"
#include "common/conn_limit.h"
#include "common/conn_row.h"
#include "common/descriptors.h"

#define NSEC_PER_SEC  1000000000ULL
#define NSEC_PER_MSEC 1000000ULL

/* The time in all phases of a call, of uint64_t or of the __u64 that the kernel half has. */
#define SUM_OF_PHASES(ns) ((ns)[PHASE_WAIT] + (ns)[PHASE_RUNQ] + (ns)[PHASE_CPU] + (ns)[PHASE_COPY])

/* a - b, or 0 where that is less than nothing: a number that went back, or clocks apart. */
static inline uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
