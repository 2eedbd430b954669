/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * now.c - see now.h.
 */
#include <time.h>

#include "base/now.h"
#include "base/types.h"

/* ns of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}
