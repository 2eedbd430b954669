/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * command.h - what a command is: the first word of the command line, and what it takes and does.
 */
#ifndef IOPHASE_COMMAND_H
#define IOPHASE_COMMAND_H

#include "base/exit_code.h"

struct options;

/* What options are about; the headings of the help text. */
enum option_group {
	GROUP_TARGETS,
	GROUP_TIME,
	GROUP_REPORT,
	GROUP_OUTPUT,
	GROUP_HOW,
	GROUPS,
};

struct command {
	const char *name; /* NULL ends a table of commands; the first of them is the default */
	const char *help;
	const char *usage;   /* what follows the program's name */
	const char *word;    /* what it takes beside options, at most one; NULL: nothing */
	unsigned int groups; /* of options that it takes: a set of bits 1 << GROUP_... */
	enum exit_code (*run)(const struct options *o);
};

#endif
