/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own_cost.h - what measuring costs itself, since it began.
 */
#ifndef IOPHASE_OWN_COST_H
#define IOPHASE_OWN_COST_H

#include <stddef.h>
#include <stdint.h>

/* One of our programs in the kernel. */
struct program_cost {
	const char *name;
	uint64_t ns; /* that it ran */
};

struct own_cost {
	uint64_t cpu; /* ns that iophase itself was on a CPU */
	/* None where the kernel does not count them. Somebody else's. */
	const struct program_cost *program;
	size_t programs;
};

#endif
