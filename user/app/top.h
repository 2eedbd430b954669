/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * top.h - the command `top`: a list of processes that lives, on a terminal.
 */
#ifndef IOPHASE_TOP_H
#define IOPHASE_TOP_H

#include "base/exit_code.h"

struct options;

/* Fills in what `top` means where nothing is said. */
void top_complete(struct options *o);

/* Runs it. */
enum exit_code top_run(const struct options *o);

#endif
