/*
 * A known rhythm: one thread sleeps in recvfrom for a period, then its peer writes one byte.
 *
 * In: the options of serve.h, --period-ms N (50), --count N beats (0: until stopped).
 * Out: the tally, and at the end on stdout, in ns, what holds on any machine: least_ns= and
 * most_ns=, between which lies what the reader has slept in all its calls; calls_ns= and
 * longest_ns=, which the calls and the longest of them took at most.
 *
 * The reader is named rhythm-reader. The period begins when /proc shows it asleep.
 */
#define _GNU_SOURCE
#include "asleep.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long period_ms = 50, count;

static const struct serve_option options[] = {
	{.name = "period-ms", .number = &period_ms}, {.name = "count", .number = &count}, {0}};

static _Atomic int reader_tid;
static _Atomic int64_t began; /* the reader's latest call, ns */
static int64_t least_ns, most_ns, calls_ns, longest_ns;

/* Monotonic time in ns. */
static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Read one byte after the other until the end. */
static void *reader(void *arg)
{
	int fd = *(int *)arg;
	int64_t took;
	ssize_t n;
	char c;

	if (prctl(PR_SET_NAME, "rhythm-reader"))
		serve_fail("prctl");
	reader_tid = gettid();
	do {
		began = now_ns();
		n = io_recvfrom(fd, &c, 1, 0, NULL, NULL);
		took = now_ns() - began;
		calls_ns += took;
		if (took > longest_ns)
			longest_ns = took;
	} while (n != 0);
	return NULL;
}

/* Wait until the reader is asleep in its call; returns when the call began (ns). */
static int64_t await_reader(void)
{
	await_asleep(reader_tid, SYS_recvfrom);
	return began;
}

/* Write a byte each period. */
static void writer(int fd)
{
	const struct timespec period = {.tv_sec = period_ms / 1000,
					.tv_nsec = period_ms % 1000 * 1000000};
	int64_t call, asleep;

	for (long i = 0; !serve_stopping() && (!count || i < count); i++) {
		call = await_reader();
		asleep = now_ns();
		/* An interrupted sleep means a stop: no beat out of time. */
		if (nanosleep(&period, NULL))
			break;
		least_ns += now_ns() - asleep;
		io_sendto(fd, "b", 1, MSG_NOSIGNAL, NULL, 0);
		most_ns += now_ns() - call;
	}
	if (serve_stopping())
		return;
	call = await_reader();
	shutdown(fd, SHUT_RDWR);
	most_ns += now_ns() - call;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int fds[2];

	serve_parse(argc, argv, options);
	serve_signals();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		serve_fail("socketpair");
	serve_track(fds[0]);
	serve_track(fds[1]);
	serve_gate();
	errno = pthread_create(&thread, NULL, reader, &fds[0]);
	if (errno)
		serve_fail("pthread_create");
	while (!reader_tid)
		usleep(100);
	writer(fds[1]);
	pthread_join(thread, NULL);
	printf("least_ns=%jd most_ns=%jd calls_ns=%jd longest_ns=%jd\n", (intmax_t)least_ns,
	       (intmax_t)most_ns, (intmax_t)calls_ns, (intmax_t)longest_ns);
	serve_finish();
}
