/*
 * Trees of processes that are made at once: children, each of which makes grandchildren, each of
 * which makes one more.
 *
 * In: the options of serve.h, --children N (1), --grandchildren N (1) for each of them, --how WAY
 * in which they are made: fork, vfork, spawn (by posix_spawn, as another program), sibling (by
 * clone3, as children of the child's parent), thread, exec (the child becomes another program
 * before), thread-exec (by a thread that is not its first), orphan (the child ends before they make
 * theirs); --total FILE; --until-closed: the last child makes grandchildren, one after the other,
 * until the gate is closed, while all before it have ended. Out: how many threads and processes
 * were born, in --total. They make no call that is counted.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long children = 1, grandchildren = 1;
static const char *how = "fork", *total_file;
static bool until_closed;
static int births; /* a file that grows by a byte with each: it outlives an exec */
static pid_t eldest;
static int alive[2]; /* a pipe whose end the first children wait for */

static const struct serve_option options[] = {{.name = "children", .number = &children},
					      {.name = "grandchildren", .number = &grandchildren},
					      {.name = "how", .text = &how},
					      {.name = "total", .text = &total_file},
					      {.name = "until-closed", .flag = &until_closed},
					      {0}};

/* Count one that was born. */
static void born(void)
{
	if (write(births, ".", 1) != 1)
		serve_fail("write");
}

/* Wait for the end of a child, or of any (-1); false if there is none. */
static bool wait_end(pid_t pid)
{
	pid_t got;

	do
		got = waitpid(pid, NULL, __WALL);
	while (got < 0 && errno == EINTR);
	return got > 0;
}

/* Make a process, which runs and ends; returns its pid. */
static pid_t make(void (*run)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		serve_fail("fork");
	if (!pid) {
		run();
		_exit(0);
	}
	born();
	return pid;
}

static void nothing(void)
{
}

/* What a grandchild does: it makes one more. */
static void make_one(void)
{
	wait_end(make(nothing));
}

/* Become a program that makes so many grandchildren. */
static void become_leaf(long many)
{
	char fd[16], count[16];

	snprintf(fd, sizeof(fd), "%d", births);
	snprintf(count, sizeof(count), "%ld", many);
	execl("/proc/self/exe", "trees", "leaf", fd, count, NULL);
	serve_fail("exec");
}

static void by_fork(void)
{
	wait_end(make(make_one));
}

static void by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		serve_fail("vfork");
	born();
	wait_end(pid);
}

static void by_spawn(void)
{
	char fd[16], program[] = "trees", leaf[] = "leaf", one[] = "1";
	char *argv[] = {program, leaf, fd, one, NULL};
	pid_t pid;

	snprintf(fd, sizeof(fd), "%d", births);
	errno = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ);
	if (errno)
		serve_fail("posix_spawn");
	born();
	wait_end(pid);
}

/* Its parent is ours, who waits for it. */
static void by_sibling(void)
{
	struct clone_args args = {.flags = CLONE_PARENT};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		serve_fail("clone3");
	if (!pid) {
		make_one();
		_exit(0);
	}
	born();
}

static void *live_as_thread(void *arg)
{
	make_one();
	return arg;
}

static void *exec_in_thread(void *arg)
{
	become_leaf(grandchildren);
	return arg;
}

/* Make a thread, and wait for it. */
static void make_thread(void *(*run)(void *))
{
	pthread_t thread;

	/* Counted before: it may never return. */
	born();
	errno = pthread_create(&thread, NULL, run, NULL);
	if (errno)
		serve_fail("pthread_create");
	pthread_join(thread, NULL);
}

static void by_thread(void)
{
	make_thread(live_as_thread);
}

/* It waits until its parent has ended, and it is the eldest's. */
static void live_as_orphan(void)
{
	while (getppid() != eldest)
		usleep(1000);
	make_one();
}

static void by_orphan(void)
{
	make(live_as_orphan);
}

/* How grandchildren are made. */
static const struct way {
	const char *name;
	void (*make)(void);
} ways[] = {
	{"fork", by_fork},     {"vfork", by_vfork},   {"spawn", by_spawn}, {"sibling", by_sibling},
	{"thread", by_thread}, {"orphan", by_orphan}, {NULL, NULL}};

/* What a child does. */
static void live_as_child(void)
{
	const struct way *way = ways;

	if (!strcmp(how, "exec"))
		become_leaf(grandchildren);
	if (!strcmp(how, "thread-exec"))
		make_thread(exec_in_thread);
	while (way->name && strcmp(way->name, how))
		way++;
	if (!way->name) {
		errno = EINVAL;
		serve_fail(how);
	}
	for (long i = 0; i < grandchildren; i++)
		way->make();
}

/* Wait until all who have the other end of the pipe have closed it. */
static void wait_for_pipe(void)
{
	char c;

	close(alive[1]);
	while (read(alive[0], &c, 1) < 0)
		;
}

/* Make grandchildren until the gate is closed, or nobody is there any more who would. */
static void make_until_closed(void)
{
	pid_t parent = getppid();

	close(alive[1]);
	while (!access(serve.gate, F_OK) && getppid() == parent)
		by_fork();
}

/* The first children live while the last one is born, and no longer. */
static void live_until_closed(void)
{
	pid_t last;

	if (pipe(alive))
		serve_fail("pipe");
	for (long i = 1; i < children; i++)
		make(wait_for_pipe);
	last = make(make_until_closed);
	close(alive[1]);
	wait_end(last);
}

/* The program that a child, or a grandchild, becomes. */
static int leaf(char **argv)
{
	births = atoi(argv[2]);
	for (int i = 0; i < atoi(argv[3]); i++)
		make_one();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "leaf"))
		return leaf(argv);
	serve_parse(argc, argv, options);
	serve_signals();
	births = memfd_create("births", 0);
	if (births < 0 || fcntl(births, F_SETFL, O_APPEND))
		serve_fail("memfd_create");
	/* Those whose parents end are ours. */
	eldest = getpid();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		serve_fail("prctl");
	serve_gate();
	if (until_closed)
		live_until_closed();
	for (long i = 0; !until_closed && i < children; i++)
		wait_end(make(live_as_child));
	while (wait_end(-1))
		;
	if (total_file)
		serve_write_number(total_file, lseek(births, 0, SEEK_END));
	serve_finish();
}
