/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * help.h - what --help prints.
 */
#ifndef IOPHASE_HELP_H
#define IOPHASE_HELP_H

#include "app/command.h"

/* Prints the help text on stdout: the commands of the table, and the options of one of them. */
void help_print(const struct command *commands, const struct command *command);

#endif
