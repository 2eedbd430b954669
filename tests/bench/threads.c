// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * A target with many threads, for the memory and the CPU use of iophase itself.
 *
 * In: the number of threads. Each polls an idle pipe for 100 ms, again and again, so that every
 * thread has something new to report in each interval. Out: the line `ready` on stdout when all of
 * them run. Ends at end of input, after 10 minutes, or with 1 after an error.
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS 100000L

static int idle_pipe[2];

/* Polls the pipe, that nobody writes to, for 100 ms at a time, for ever. */
static void *idle(void *arg)
{
	struct pollfd fd = {.fd = idle_pipe[0], .events = POLLIN};

	while (poll(&fd, 1, 100) >= 0)
		;
	return arg;
}

/* Starts N threads with small stacks; returns 0 or the error of pthread_create. */
static int start(long n)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (long i = 0; i < n && !err; i++)
		err = pthread_create(&thread, &attr, idle, NULL);
	pthread_attr_destroy(&attr);
	return err;
}

int main(int argc, char **argv)
{
	char *end = NULL;
	long n = argc == 2 ? strtol(argv[1], &end, 10) : 0;
	int err;

	if (n < 1 || n > MAX_THREADS || *end) {
		fprintf(stderr, "usage: threads N\n");
		return 2;
	}
	alarm(600);
	if (pipe(idle_pipe) < 0) {
		perror("threads: pipe");
		return 1;
	}
	err = start(n);
	if (err) {
		fprintf(stderr, "threads: pthread_create: %s\n", strerror(err));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
