/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * launched.h - the command that is started to be measured, in the course of a session.
 */
#ifndef IOPHASE_LAUNCHED_H
#define IOPHASE_LAUNCHED_H

#include "app/loop.h"
#include "app/signals.h"
#include "base/exit_code.h"
#include "kernel/collector.h"
#include "target/launch.h"

/*
 * Has the command begin, its books with it; from then on the loop tells of its end, and signals are
 * passed on to it. Returns 0, or the exit code after one line.
 */
enum exit_code launched_begin(struct launch *command, struct collector *c, struct loop *loop,
			      struct signals *signals);

/* Says who is measured no longer though it goes on, if the command has ended. */
void launched_tell_left(const struct launch *command, const struct collector *c);

/*
 * Waits for the end of a command that has begun, passing signals on, after a session that came to
 * `code`. Returns the exit status of the program: the command's, but if that is 0, a finding that
 * was asked about is told.
 */
int launched_status(struct launch *command, struct signals *signals, enum exit_code code);

#endif
