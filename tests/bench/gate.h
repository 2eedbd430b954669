/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * What the measured loops of the benchmark share: the CPU they stay on and the timing in batches.
 *
 * In: a function that does n steps. Out: the median, over batches, of the ns per step. The median
 * and not the minimum: the minimum would hide what tracing costs when its data leaves the cache.
 */
#ifndef BENCH_GATE_H
#define BENCH_GATE_H

#include <stdint.h>
#include <time.h>

/* Does STEPS steps and returns how many really happened, the divisor of the batch's time. */
typedef uint64_t (*gate_steps)(uint64_t steps);

/* Pins the calling thread to the last CPU that it may use; ends the process on failure. */
void gate_pin(void);

/* Returns the median ns per step, by that clock, over 50 batches of about 8 ms each, 0.4 s in all;
 * or of GATE_BATCH_NS each, a variable of the environment. */
double gate_measure(gate_steps run, clockid_t clock);

#endif
