/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * command_line.h - from argv to what the user asked for.
 */
#ifndef IOPHASE_COMMAND_LINE_H
#define IOPHASE_COMMAND_LINE_H

#include "app/command.h"
#include "app/options.h"

#ifndef IOPHASE_VERSION
#define IOPHASE_VERSION "0.0.0-dev"
#endif

/*
 * Reads the command line: perhaps one of the commands, as its first word, then options. Returns 0
 * to go on; otherwise the program is done (help was printed, or one line that says what is wrong)
 * and is to exit with o->exit_code. To be freed either way.
 */
int options_parse(int argc, char **argv, const struct command *commands, struct options *o);

/* Whether they ask for something that is made of single events. */
bool options_stream(const struct options *o);

/* Whether an output is metrics, which alone have services and our own time in the kernel. */
bool options_have_metrics(const struct options *o);

void options_clear(struct options *o);

#endif
