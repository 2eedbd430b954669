/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain.h - the command `explain`.
 */
#ifndef IOPHASE_EXPLAIN_H
#define IOPHASE_EXPLAIN_H

#include "base/exit_code.h"

struct options;

/* Prints what a finding means, or, without an ID, which there are; the exit code of the program. */
enum exit_code explain_run(const struct options *o);

#endif
