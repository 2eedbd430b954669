/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * command.h - what a command is: the first word of the command line, and what it takes and does.
 */
#ifndef IOPHASE_COMMAND_H
#define IOPHASE_COMMAND_H

#include "base/exit_code.h"

struct options;
struct sink;

/* What options are about; several may have the same heading in the help text. */
enum option_group {
	GROUP_TARGETS,
	GROUP_LATER, /* targets that are not there yet; who takes these takes -- COMMAND, too */
	GROUP_TIME,
	GROUP_INTERVALS,
	GROUP_BLOCKS, /* what is told of each process */
	GROUP_LINES,  /* how processes are listed, */
	GROUP_LIVE,   /* and how on a terminal */
	GROUP_REPORT,
	GROUP_OUTPUT,
	GROUP_STREAM,  /* single events */
	GROUP_METRICS, /* over HTTP, or in a file */
	GROUP_SERVE,
	GROUP_HOOKS, /* the way in to the system calls, */
	GROUP_LIGHT, /* or the lightest if nothing is said */
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
	/* What goes to stdout where nothing else is asked for; NULL: it has no outputs. */
	const struct sink *report;
	/* Fills in what is meant where nothing is said, or NULL. */
	void (*complete)(struct options *o);
};

#endif
