/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * samples.c - see samples.h.
 *
 * What goes in: a CPU, and how often a second. What comes out: the descriptor of a perf event, on
 * which a program can be hung.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/samples.h"

/* Begins to sample a CPU. */
int samples_open(int cpu, uint32_t frequency)
{
	struct perf_event_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_SOFTWARE;
	attr.size = sizeof(attr);
	/* Not by a counter of the hardware: a virtual machine may have none. */
	attr.config = PERF_COUNT_SW_CPU_CLOCK;
	attr.freq = 1;
	attr.sample_freq = frequency;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
