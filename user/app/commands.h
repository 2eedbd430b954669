/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * commands.h - the table of commands.
 */
#ifndef IOPHASE_COMMANDS_H
#define IOPHASE_COMMANDS_H

#include "app/command.h"

/* The first is the default; the last has no name. */
extern const struct command commands[];

#endif
