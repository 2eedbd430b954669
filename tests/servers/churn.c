/*
 * Thread churn: short-lived threads one after the other, each of which makes one round of
 * sendto and recvfrom on a socket pair.
 *
 * In: the options of serve.h, --rate N per second (0: as fast as possible), --count N (0: until
 * stopped), --fork-after N: all but the first N rounds are made by children instead (0: none),
 * --total FILE, --idle N more threads that are there before the gate and block in a read
 * for ever, --burst N such threads more that it makes at once behind the gate, --steps N times:
 * before a further one it closes the gate, by removing the file, and waits again. Out: the tally;
 * the number of threads in --total (not on stdout, because a write to a pipe would be an I/O call
 * of the target).
 */
#define _GNU_SOURCE
#include "asleep.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long rate, count, idle, burst, steps = 1, fork_after;
static int silent[2]; /* a pipe that nobody writes to */
static const char *total_file;

static const struct serve_option options[] = {
	{.name = "rate", .number = &rate},	{.name = "count", .number = &count},
	{.name = "idle", .number = &idle},	{.name = "burst", .number = &burst},
	{.name = "steps", .number = &steps},	{.name = "fork-after", .number = &fork_after},
	{.name = "total", .text = &total_file}, {0}};

/* One thread's whole life. */
static void *one_round(void *arg)
{
	int fds[2];
	char c = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		serve_fail("socketpair");
	io_sendto(fds[1], &c, 1, MSG_NOSIGNAL, NULL, 0);
	io_recvfrom(fds[0], &c, 1, 0, NULL, NULL);
	close(fds[0]);
	close(fds[1]);
	return arg;
}

/* A thread that waits for ever, and says first which it is. It is not tallied: its call never ends.
 */
static void *wait_for_ever(void *tid)
{
	char c;

	__atomic_store_n((int *)tid, gettid(), __ATOMIC_RELEASE);
	return read(silent[0], &c, 1) < 0 ? tid : NULL;
}

/* Start so many threads that wait, at once; returns when each of them does. */
static void start_waiting(long many)
{
	int *tids = calloc((size_t)many + 1, sizeof(*tids)), tid;
	pthread_attr_t small;
	pthread_t thread;

	if (!tids)
		serve_fail("calloc");
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (long i = 0; i < many; i++) {
		errno = pthread_create(&thread, &small, wait_for_ever, &tids[i]);
		if (errno)
			serve_fail("pthread_create");
	}
	for (long i = 0; i < many; i++) {
		while (!(tid = __atomic_load_n(&tids[i], __ATOMIC_ACQUIRE)))
			sched_yield();
		await_asleep(tid, SYS_read);
	}
	free(tids);
}

/* One round, by a thread of its own. */
static void round_of_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, one_round, NULL);
	if (errno)
		serve_fail("pthread_create");
	pthread_join(thread, NULL);
}

/* A process's whole life; in our memory, as after a vfork(). */
static int live_as_process(void *arg)
{
	one_round(arg);
	return 0;
}

/* One round, by a process of its own. It shares our memory, since copying that is what takes long.
 */
static void round_of_process(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(live_as_process, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			  NULL);

	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		serve_fail("clone");
}

int main(int argc, char **argv)
{
	long total = 0;

	serve_parse(argc, argv, options);
	serve_signals();
	if (pipe(silent))
		serve_fail("pipe");
	start_waiting(idle);
	serve_gate();
	for (long i = 1; i < steps && !serve_stopping(); i++) {
		start_waiting(burst);
		serve_close_gate();
		serve_gate();
	}
	start_waiting(burst);
	while (!serve_stopping() && (!count || total < count)) {
		if (fork_after && total >= fork_after)
			round_of_process();
		else
			round_of_thread();
		total++;
		if (rate)
			usleep((useconds_t)(1000000 / rate));
	}
	if (total_file)
		serve_write_number(total_file, total);
	serve_finish();
}
