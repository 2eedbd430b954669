/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * leave.c - see leave.h.
 *
 * What goes in: our descriptors. What comes out: a process that closes them last.
 *
 * Each of the ~50 tracepoints waits for an RCU grace period when its last descriptor is closed. A
 * process that still holds them lets us, and the user's prompt, not wait for that.
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/leave.h"

/* Keeps what we have open until nobody has the other end of a pipe, and lets go of it. */
static _Noreturn void hold(int until)
{
	char end;

	setsid();
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	while (read(until, &end, 1) > 0)
		;
	_exit(0);
}

/* Makes a process that keeps open all that we have open. */
int leave_begin(void)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	child = fork();
	if (!child) {
		close(ends[1]);
		/* A grandchild is nobody's to wait for: we may go on for long, with a command. */
		if (!fork())
			hold(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	return ends[1];
}

/* Has that process let go. */
void leave_end(int leaving)
{
	if (leaving >= 0)
		close(leaving);
}
