/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * now.c - see now.h.
 */
#include <time.h>

#include "base/now.h"
#include "base/types.h"

/* ns of a clock. */
static uint64_t read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* ns of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* ns that this process has been on a CPU. */
uint64_t now_cpu_ns(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
