/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * launched.c - see launched.h.
 *
 * What goes in: a command that waits, a session that is ready for it. What comes out: a command
 * that runs and is measured, and its exit status.
 */
#include "app/launched.h"
#include "base/log.h"

/* Has the command begin, in books that have begun before it. */
enum exit_code launched_begin(struct launch *command, struct collector *c, struct loop *loop,
			      struct signals *signals)
{
	enum exit_code code;

	collector_await_command(c, command->pid);
	code = launch_go(command);
	if (code)
		return code;
	/* What it has inherited; what it opens itself is seen. */
	collector_seed_sockets(c, command->pid);
	signals_pass_on(signals, command->pid, command->pidfd);
	if (loop_watch(loop, command->pidfd))
		log_warn("%s: its end will be noticed late", command->name);
	return EXIT_DONE;
}

/* Says who is measured no longer though it goes on. */
void launched_tell_left(const struct launch *command, const struct collector *c)
{
	unsigned long long left = collector_live(c);

	if (left && launch_ended(command))
		log_warn("%s has ended; what it has left behind goes on, not measured: %llu "
			 "thread%s",
			 command->name, left, left == 1 ? "" : "s");
}

/* Waits for the end of the command; the exit status of the program. */
int launched_status(struct launch *command, struct signals *signals, enum exit_code code)
{
	int status;

	signals_await_command(signals);
	status = launch_status(command);
	return status == EXIT_DONE && code == EXIT_FOUND ? EXIT_FOUND : status;
}
