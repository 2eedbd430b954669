/*
 * A known rhythm: one thread blocks in recvfrom, its peer writes one byte every 50 ms.
 *
 * In: the options of serve.h, --period-ms N (50), --count N beats (0: until stopped).
 * Out: the tally. The reader is named rhythm-reader; each of its waits is one period long.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>

static long period_ms = 50, count;

static const struct serve_option options[] = {
	{.name = "period-ms", .number = &period_ms}, {.name = "count", .number = &count}, {0}};

/* Read one byte after the other until the end. */
static void *reader(void *arg)
{
	int fd = *(int *)arg;
	char c;

	if (prctl(PR_SET_NAME, "rhythm-reader"))
		serve_fail("prctl");
	while (io_recvfrom(fd, &c, 1, 0, NULL, NULL) != 0)
		;
	return NULL;
}

/* Write a byte each period, by an absolute clock, so that the rhythm does not drift. */
static void writer(int fd)
{
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; !serve_stopping() && (!count || i < count); i++) {
		next.tv_nsec += period_ms * 1000000;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		/* An interrupted sleep means a stop: no beat out of time. */
		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL))
			break;
		io_sendto(fd, "b", 1, MSG_NOSIGNAL, NULL, 0);
	}
	shutdown(fd, SHUT_RDWR);
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
	writer(fds[1]);
	pthread_join(thread, NULL);
	serve_finish();
}
