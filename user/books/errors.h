/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * errors.h - why calls failed: how often by which errno.
 */
#ifndef IOPHASE_ERRORS_H
#define IOPHASE_ERRORS_H

#include "base/types.h"

struct error_sum {
	unsigned int error; /* an errno */
	uint64_t count;
};

/* Sums by errno, each of which is in it once. A zeroed one is empty. */
struct errors {
	struct error_sum *sum;
	unsigned int count;
};

/* Adds `count` failures by that errno. */
void errors_count(struct errors *e, unsigned int error, uint64_t count);

/* Adds all of `from`. */
void errors_add(struct errors *to, const struct errors *from);

/* Takes off what was there earlier; what is 0 then is not in it any more. */
void errors_subtract(struct errors *e, const struct errors *earlier);

/* Puts the most frequent ones first. */
void errors_sort(struct errors *e);

void errors_clear(struct errors *e);

#endif
