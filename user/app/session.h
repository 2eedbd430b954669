/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.h - one run: attach, collect, report, leave.
 */
#ifndef IOPHASE_SESSION_H
#define IOPHASE_SESSION_H

#include "kernel/caps.h"
#include "app/options.h"
#include "app/signals.h"
#include "target/target.h"

struct launch;

/*
 * Traces the targets, or starts the command (NULL: there is none) and traces that, until the end
 * that the options name, or a signal; returns the exit code of the program.
 */
enum exit_code session_run(const struct options *o, const struct target_list *targets,
			   const struct caps *caps, struct signals *signals, struct launch *launch);

#endif
