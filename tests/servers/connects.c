/*
 * Connections that are long in coming: the listener has no room when they are asked for.
 *
 * In: the options of serve.h, --count N (5), --wait-ms N (40). After the gate N connects to a UNIX
 * socket, one after the other: a helper makes room when each has waited for so long. Then one to a
 * TCP socket that never has room, with SO_SNDTIMEO of the same time.
 * Out: exit code 1 if a connect ended otherwise.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static long count = 5, wait_ms = 40;
static int lfd;
static struct sockaddr_storage sa;
static socklen_t len;
static pthread_barrier_t each;

static const struct serve_option options[] = {
	{.name = "count", .number = &count}, {.name = "wait-ms", .number = &wait_ms}, {0}};

/* Make a listening socket of that family with room for one connection, and fill it. */
static void listen_full(int family)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	sa_family_t automatic = AF_UNIX;
	int first = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lfd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	len = sizeof(sa);
	if (bind(lfd, family == AF_INET ? (void *)&in : (void *)&automatic,
		 family == AF_INET ? sizeof(in) : sizeof(automatic)) ||
	    listen(lfd, 0) || getsockname(lfd, (struct sockaddr *)&sa, &len) ||
	    connect(first, (struct sockaddr *)&sa, len))
		serve_fail("listen");
}

/* Make room for one more connection, so long after each has been asked for. */
static void *helper(void *arg)
{
	for (long i = 0; i < count; i++) {
		pthread_barrier_wait(&each);
		usleep((useconds_t)wait_ms * 1000);
		if (accept(lfd, NULL, NULL) < 0)
			serve_fail("accept");
	}
	return arg;
}

int main(int argc, char **argv)
{
	struct timeval limit;
	pthread_t thread;
	int fd;

	serve_parse(argc, argv, options);
	serve_signals();
	listen_full(AF_UNIX);
	pthread_barrier_init(&each, NULL, 2);
	serve_gate();
	errno = pthread_create(&thread, NULL, helper, NULL);
	if (errno)
		serve_fail("pthread_create");
	for (long i = 0; i < count; i++) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		pthread_barrier_wait(&each);
		if (connect(fd, (struct sockaddr *)&sa, len))
			serve_fail("connect");
	}
	pthread_join(thread, NULL);
	listen_full(AF_INET);
	limit = (struct timeval){wait_ms / 1000, wait_ms % 1000 * 1000};
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		serve_fail("SO_SNDTIMEO");
	if (!connect(fd, (struct sockaddr *)&sa, len) || errno != EINPROGRESS)
		serve_fail("the connect that must reach its time limit");
	serve_finish();
}
