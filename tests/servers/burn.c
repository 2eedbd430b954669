/*
 * CPU hogs: threads that only compute, to starve others or to be compared with the kernel's
 * account.
 *
 * In: the options of serve.h, --threads N (1), --cpu-ms N, --done-file FILE.
 * Out: nothing but CPU time. With --cpu-ms the threads stop computing when all of them together
 * have used N ms since the gate; then FILE is written, and they sleep until the stop.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 1024

static long threads = 1, cpu_ms;
static const char *done_file;

static const struct serve_option options[] = {{.name = "threads", .number = &threads},
					      {.name = "cpu-ms", .number = &cpu_ms},
					      {.name = "done-file", .text = &done_file},
					      {0}};

static int64_t end_ns; /* of the process's CPU time */
static pthread_barrier_t stopped;

/* CPU time of the process (ns). */
static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Compute until the stop, or until all have done enough. */
static void compute(void)
{
	volatile uint64_t sink = 0;

	while (!serve_stopping() && (!cpu_ms || cpu_ns() < end_ns))
		for (int i = 0; i < 500000 && !serve_stopping(); i++)
			sink = sink * 31 + 7;
}

/* Any thread but the first. */
static void *burn(void *arg)
{
	compute();
	pthread_barrier_wait(&stopped);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[MAX_THREADS];

	serve_parse(argc, argv, options);
	serve_signals();
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	pthread_barrier_init(&stopped, NULL, (unsigned int)threads);
	serve_gate();
	end_ns = cpu_ns() + cpu_ms * 1000000;
	for (long i = 1; i < threads; i++) {
		errno = pthread_create(&t[i], NULL, burn, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	compute();
	if (done_file)
		serve_write_number(done_file, cpu_ms);
	while (!serve_stopping())
		usleep(50000);
	pthread_barrier_wait(&stopped);
	for (long i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	serve_finish();
}
