/*
 * CPU hogs: threads that only compute, to starve others or to be compared with getrusage.
 *
 * In: the options of serve.h, --threads N (1), --cpu-file FILE, --switches-file FILE.
 * Out: nothing but CPU time; at the end the process's CPU time, in us, in --cpu-file, and how often
 * it was switched out, in --switches-file.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>

#define MAX_THREADS 1024

static long threads = 1;
static const char *cpu_file, *switches_file;

static const struct serve_option options[] = {{.name = "threads", .number = &threads},
					      {.name = "cpu-file", .text = &cpu_file},
					      {.name = "switches-file", .text = &switches_file},
					      {0}};

/* Compute until the stop. */
static void *burn(void *arg)
{
	volatile uint64_t sink = 0;

	while (!serve_stopping())
		sink = sink * 31 + 7;
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[MAX_THREADS];
	struct rusage u;

	serve_parse(argc, argv, options);
	serve_signals();
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	serve_gate();
	for (long i = 1; i < threads; i++) {
		errno = pthread_create(&t[i], NULL, burn, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	burn(NULL);
	for (long i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	if (getrusage(RUSAGE_SELF, &u))
		serve_fail("getrusage");
	if (switches_file)
		serve_write_number(switches_file, u.ru_nvcsw + u.ru_nivcsw);
	if (cpu_file)
		serve_write_number(cpu_file, (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000L +
						     u.ru_utime.tv_usec + u.ru_stime.tv_usec);
	serve_finish();
}
