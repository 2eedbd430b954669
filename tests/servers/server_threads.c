/*
 * Blocking I/O, a thread per connection: main accepts, each thread echoes one connection and ends.
 *
 * In: the options of serve.h; --main-ends, to have another thread accept, and the first one end.
 * Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#define STACK_BYTES (128 * 1024)

static bool main_ends;

static const struct serve_option options[] = {{.name = "main-ends", .flag = &main_ends}, {0}};

static _Atomic long running;

/* Echo one connection; arg is its struct serve_conn. */
static void *serve_one(void *arg)
{
	serve_pump(arg, true);
	serve_conn_end(arg);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* Start a detached thread for a connection, or exit. */
static void start_thread(int fd)
{
	pthread_attr_t attr;
	pthread_t thread;

	atomic_fetch_add(&running, 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&thread, &attr, serve_one, serve_conn_new(fd));
	if (errno)
		serve_fail("pthread_create");
	pthread_attr_destroy(&attr);
}

/* Accept all connections that are to come, wait for their threads, and end the process. */
static void *accept_all(void *listener)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	int lfd = *(int *)listener;

	while (serve_ticket()) {
		int fd = io_accept(lfd, NULL, NULL);

		if (fd >= 0)
			start_thread(fd);
		else
			serve_ticket_return();
	}
	while (atomic_load(&running))
		nanosleep(&pause, NULL);
	serve_finish();
}

int main(int argc, char **argv)
{
	static int lfd;
	pthread_t thread;

	lfd = serve_start(argc, argv, options, false);
	if (!main_ends)
		accept_all(&lfd);
	errno = pthread_create(&thread, NULL, accept_all, &lfd);
	if (errno)
		serve_fail("pthread_create");
	pthread_exit(NULL);
}
