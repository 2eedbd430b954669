/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check.h - the command `check`: what this kernel, these rights and this build offer.
 */
#ifndef IOPHASE_CHECK_H
#define IOPHASE_CHECK_H

#include "base/exit_code.h"

struct options;

/* Looks for everything, tries it, and shows it; 0, or 3 or 4 if nothing can be measured here. */
enum exit_code check_run(const struct options *o);

#endif
