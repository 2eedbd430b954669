/*
 * Blocking I/O, a pool of threads: all wait in accept on one socket, each echoes what it got.
 *
 * In: the options of serve.h, --threads N (4). Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#define MAX_THREADS 1024

static long threads = 4;
static int lfd;

static const struct serve_option options[] = {{.name = "threads", .number = &threads}, {0}};

/* Accept and echo, one connection after the other, while there are tickets. */
static void *work(void *arg)
{
	while (serve_ticket()) {
		int fd = io_accept4(lfd, NULL, NULL, 0);
		struct serve_conn *c;

		if (fd < 0) {
			serve_ticket_return();
			continue;
		}
		c = serve_conn_new(fd);
		serve_pump(c, true);
		serve_conn_end(c);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t pool[MAX_THREADS];

	lfd = serve_start(argc, argv, options, false);
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	for (long i = 1; i < threads; i++) {
		errno = pthread_create(&pool[i], NULL, work, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	work(NULL);
	for (long i = 1; i < threads; i++)
		pthread_join(pool[i], NULL);
	serve_finish();
}
