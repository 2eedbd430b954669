/*
 * Blocking I/O, a process per connection: the parent accepts and reaps, each child echoes.
 *
 * In: the options of serve.h, --names N: the children are named served0, served1 ..., the N + first
 * one as the first. Out: the tally, of the parent and all children together.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static long names;

static const struct serve_option options[] = {{.name = "names", .number = &names}, {0}};

/* Gives this process, the nth child, its name; a failure ends it. */
static void take_name(long nth)
{
	char name[32]; /* the kernel takes 15 bytes */

	snprintf(name, sizeof(name), "served%ld", nth % names);
	if (prctl(PR_SET_NAME, name))
		_exit(1);
}

/* The child's life: echo one connection and end; a stop of the parent ends it too. */
static void child(int lfd, int fd, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		_exit(1);
	close(lfd);
	serve_pump(serve_conn_new(fd), true);
	_exit(0);
}

/* Reap the ended children among n pids, or wait for all of them; returns how many are left. */
static long reap(pid_t *pids, long n, bool wait_all)
{
	for (long i = 0; i < n;) {
		pid_t got = waitpid(pids[i], NULL, wait_all ? 0 : WNOHANG);

		if (got == pids[i])
			pids[i] = pids[--n];
		else if (!wait_all)
			i++;
		else if (errno == EINTR && serve_stopping())
			kill(pids[i], SIGTERM);
	}
	return n;
}

int main(int argc, char **argv)
{
	int lfd = serve_start(argc, argv, options, false);
	pid_t self = getpid(), *pids = NULL;
	long n = 0, room = 0, born = 0;

	while (serve_ticket()) {
		int fd = io_accept(lfd, NULL, NULL);

		n = reap(pids, n, false);
		if (fd < 0) {
			serve_ticket_return();
			continue;
		}
		if (!pids || n == room) {
			room = room ? 2 * room : 64;
			pids = realloc(pids, (size_t)room * sizeof(*pids));
			if (!pids)
				serve_fail("realloc");
		}
		pids[n] = fork();
		if (pids[n] < 0)
			serve_fail("fork");
		if (!pids[n]) {
			if (names)
				take_name(born);
			child(lfd, fd, self);
		}
		born++;
		close(fd);
		n++;
	}
	for (long i = 0; serve_stopping() && i < n; i++)
		kill(pids[i], SIGTERM);
	reap(pids, n, true);
	free(pids);
	serve_finish();
}
