/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sampled.h - time on a CPU divided between calls by samples, where no hook on calls tells.
 */
#ifndef IOPHASE_SAMPLED_H
#define IOPHASE_SAMPLED_H

#include "books/snapshot.h"

/*
 * Fills in the time (ns) that a task was in each call on a CPU, and not copying. Where it was
 * measured without hooks on calls, what OP_APP has is divided in the proportion of the samples; the
 * sum stays what it was. Returns the number of samples; 0: there are none, or it takes none.
 */
uint64_t sampled_divide(const struct task_sums *task, uint64_t cpu[OPS_TIMED]);

/* How much a share may be off that so many samples give, whatever it is: in thousandths of the
 * whole, more in 5 cases of 100. */
unsigned int sampled_error(uint64_t samples);

#endif
