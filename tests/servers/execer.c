/*
 * exec from a thread that is not the leader: the kernel kills the others, and the thread that
 * calls takes the leader's id over.
 *
 * In: execer [options of serve.h] [--delay-ms N (500)] -- PROGRAM [ARGUMENT...]
 * Out: the port file (the number 0) when all threads run; then PROGRAM runs under the same pid.
 * Until then the leader blocks in recvfrom and a third thread in poll. There is no tally of this.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static long delay_ms = 500;
static int fds[2];

static const struct serve_option options[] = {{.name = "delay-ms", .number = &delay_ms}, {0}};

/* Sleep, then become the program; arg is its argv. */
static void *exec_it(void *arg)
{
	char **argv = arg;

	serve_gate();
	usleep((useconds_t)delay_ms * 1000);
	execv(argv[0], argv);
	serve_fail(argv[0]);
}

/* Block in poll. */
static void *wait_poll(void *arg)
{
	struct pollfd p = {.fd = fds[0], .events = POLLPRI};

	while (!serve_stopping())
		io_ppoll(&p, 1, NULL);
	return arg;
}

/* Start a thread, or exit. */
static pthread_t start(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, arg);
	if (errno)
		serve_fail("pthread_create");
	return thread;
}

int main(int argc, char **argv)
{
	int i = serve_parse(argc, argv, options);
	char c;

	if (i >= argc) {
		errno = EINVAL;
		serve_fail("usage: execer [options] -- PROGRAM [ARGUMENT...]");
	}
	serve_signals();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		serve_fail("socketpair");
	start(wait_poll, NULL);
	start(exec_it, argv + i);
	if (serve.port_file)
		serve_write_number(serve.port_file, 0);
	while (!serve_stopping())
		io_recvfrom(fds[0], &c, 1, 0, NULL, NULL);
	serve_finish();
}
