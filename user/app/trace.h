/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.h - the command `trace`.
 */
#ifndef IOPHASE_TRACE_H
#define IOPHASE_TRACE_H

#include "base/exit_code.h"

struct options;

/* Attaches to the targets, measures, reports; returns the exit code of the program. */
enum exit_code trace_run(const struct options *o);

#endif
