/*
 * A tracer that stops a thread, as debuggers do, and lets it go on when it is told.
 *
 * In: the options of serve.h, --pid TID, --stopped FILE. Out: the number in that file when the
 * thread is stopped; it goes on when the gate file exists, or at a stop, which also ends the
 * tracer.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long pid;
static const char *stopped_file;

static const struct serve_option options[] = {
	{.name = "pid", .number = &pid}, {.name = "stopped", .text = &stopped_file}, {0}};

int main(int argc, char **argv)
{
	int status;

	serve_parse(argc, argv, options);
	serve_signals();
	if (ptrace(PTRACE_SEIZE, (pid_t)pid, NULL, NULL))
		serve_fail("PTRACE_SEIZE");
	if (ptrace(PTRACE_INTERRUPT, (pid_t)pid, NULL, NULL))
		serve_fail("PTRACE_INTERRUPT");
	while (waitpid((pid_t)pid, &status, __WALL) < 0)
		if (errno != EINTR)
			serve_fail("waitpid");
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "tracer: it ended\n");
		return 1;
	}
	serve_write_number(stopped_file, pid);
	serve_gate();
	if (ptrace(PTRACE_DETACH, (pid_t)pid, NULL, NULL))
		serve_fail("PTRACE_DETACH");
	return 0;
}
