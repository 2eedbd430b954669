/*
 * A thread number that is used again: a thread makes one round of sendto and recvfrom on a socket
 * pair and ends, then a child process gets its number (clone3, set_tid) and makes 50.
 *
 * In: the options of serve.h. Out: the tally of the thread, not of the child. Exit code 3 where the
 * kernel gives no number that is asked for.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

enum {
	STRANGERS_ROUNDS = 50,
	CANNOT = 3,
};

/* linux/sched.h, struct clone_args; not in the headers of all C libraries that we build with. */
struct clone_arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size;
};

static int fds[2];
static pid_t used; /* the number of the thread */

/* The thread's whole life. */
static void *one_round(void *arg)
{
	char c = 0;

	used = (pid_t)syscall(SYS_gettid);
	io_sendto(fds[1], &c, 1, MSG_NOSIGNAL, NULL, 0);
	io_recvfrom(fds[0], &c, 1, 0, NULL, NULL);
	return arg;
}

/* The child's whole life. */
static void live_as_stranger(void)
{
	char c = 0;

	for (int i = 0; i < STRANGERS_ROUNDS; i++)
		if (send(fds[1], &c, 1, MSG_NOSIGNAL) != 1 || recv(fds[0], &c, 1, 0) != 1)
			_exit(1);
	_exit(0);
}

/* Make a child with the number of the thread, as soon as the kernel has it to give again. */
static pid_t make_stranger(void)
{
	pid_t numbers[] = {used};
	struct clone_arguments args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)numbers,
		.set_tid_size = 1,
	};
	pid_t pid;

	while ((pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args))) < 0 && errno == EEXIST)
		usleep(1000);
	return pid;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t stranger;
	int status;

	serve_parse(argc, argv, NULL);
	serve_signals();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		serve_fail("socketpair");
	serve_gate();
	errno = pthread_create(&thread, NULL, one_round, NULL);
	if (errno)
		serve_fail("pthread_create");
	pthread_join(thread, NULL);
	stranger = make_stranger();
	if (stranger < 0)
		return CANNOT;
	if (!stranger)
		live_as_stranger();
	if (waitpid(stranger, &status, 0) != stranger || status)
		serve_fail("the child");
	serve_finish();
}
