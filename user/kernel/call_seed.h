/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * call_seed.h - what is known of a call that a thread was blocked in when it was taken in.
 */
#ifndef IOPHASE_CALL_SEED_H
#define IOPHASE_CALL_SEED_H

#include "base/types.h"
#include "proc/proc_text.h"

/* Nothing. */
extern const struct call_seed call_seed_none;

/*
 * The seed of call op, as /proc told of it; of a select its sets are read in the memory of the
 * process. If that fails it may watch several descriptors.
 */
struct call_seed call_seed_of(pid_t pid, pid_t tid, unsigned int op, const struct proc_call *call);

#endif
