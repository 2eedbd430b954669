/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * samples.h - samples of what CPUs do, from the kernel's clock of each.
 */
#ifndef IOPHASE_SAMPLES_H
#define IOPHASE_SAMPLES_H

#include <stdint.h>

enum {
	SAMPLES_DEFAULT = 99, /* a second, of each CPU: in step with no clock of a program */
	SAMPLES_PROBED = 1,
};

/* Begins to sample a CPU so often a second. Returns a descriptor or -errno; -ENODEV: it is off. */
int samples_open(int cpu, uint32_t frequency);

#endif
