/*
 * A zombie: a child that has ended and is not reaped.
 *
 * In: the options of serve.h, --pid-file FILE. Out: the zombie's pid in that file; then it sleeps.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *pid_file;

static const struct serve_option options[] = {{.name = "pid-file", .text = &pid_file}, {0}};

int main(int argc, char **argv)
{
	siginfo_t info;
	pid_t pid;

	serve_parse(argc, argv, options);
	serve_signals();
	pid = fork();
	if (pid < 0)
		serve_fail("fork");
	if (!pid)
		_exit(0);
	/* Wait for its end without reaping it. */
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
		serve_fail("waitid");
	if (pid_file)
		serve_write_number(pid_file, pid);
	while (!serve_stopping())
		pause();
	waitpid(pid, NULL, 0);
	serve_finish();
}
