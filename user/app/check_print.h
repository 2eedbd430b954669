/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check_print.h - what was found of the table of capabilities, for people.
 */
#ifndef IOPHASE_CHECK_PRINT_H
#define IOPHASE_CHECK_PRINT_H

#include <stdio.h>

#include "kernel/caps.h"

/* Writes a table of what was found, and then, of what is not there, what to do. */
void check_print(FILE *out, const struct cap_survey *s);

#endif
