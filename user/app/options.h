/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * options.h - what the user asked for on the command line.
 */
#ifndef IOPHASE_OPTIONS_H
#define IOPHASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/exit_code.h"
#include "kernel/setup.h"

#ifndef IOPHASE_VERSION
#define IOPHASE_VERSION "0.0.0-dev"
#endif

/* Plain data. The strings are those of argv. */
struct options {
	pid_t *pid; /* each once, in the order given */
	size_t pids;
	bool follow;
	uint64_t duration; /* ns, 0: until Ctrl-C or the last target exits */
	uint64_t interval; /* ns, 0: one report, at the end */
	bool threads;
	const char *csv; /* NULL: none; "-": stdout */
	enum hook_kind hooks;
	bool quiet;
	bool verbose;
	enum exit_code exit_code; /* if options_parse() says that the program is done */
};

/*
 * Reads the command line. Returns 0 to go on; otherwise the program is done (help was printed, or
 * one line that says what is wrong) and is to exit with o->exit_code. To be freed either way.
 */
int options_parse(int argc, char **argv, struct options *o);

void options_clear(struct options *o);

/*
 * A length of time such as 5, 5s, 1.5s, 500ms or 2m, in ns. Returns 0; -EINVAL if it is none,
 * -ERANGE if it is below 1 ms or a year and longer.
 */
int time_parse(const char *text, uint64_t *ns);

#endif
