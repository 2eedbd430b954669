/*
 * Large copies: N reads of 1 MiB each by recvfrom with MSG_WAITALL from a TCP socket over loopback,
 * each begun when the bytes are in the receive buffer already, or after 200 ms at the latest.
 *
 * In: the options of serve.h, --count N (20), --bytes N (1048576). Out: the tally.
 * A receive buffer of this size needs CAP_NET_ADMIN; without it a read may sleep in between.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static long count = 20, bytes = 1 << 20;

static const struct serve_option options[] = {
	{.name = "count", .number = &count}, {.name = "bytes", .number = &bytes}, {0}};

/* Write count times bytes into the socket. */
static void *writer(void *arg)
{
	char *buf = calloc(1, (size_t)bytes);
	int fd = *(int *)arg;

	if (!buf)
		serve_fail("calloc");
	for (long i = 0; i < count; i++)
		for (long sent = 0; sent < bytes;) {
			long n = io_sendto(fd, buf, (size_t)(bytes - sent), MSG_NOSIGNAL, NULL, 0);

			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				goto out;
			sent += n;
		}
out:
	free(buf);
	return NULL;
}

/* A connected pair: fds[0] reads, from a buffer for two reads. */
static void connect_pair(int fds[2])
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int lfd = serve_listen(&serve.port, false, false), room = (int)(4 * bytes);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)serve.port);
	/* On the listener, before the handshake fixes the window scale. */
	if (setsockopt(lfd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) &&
	    setsockopt(lfd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)))
		serve_fail("SO_RCVBUF");
	fds[1] = socket(AF_INET, SOCK_STREAM, 0);
	if (fds[1] < 0 || connect(fds[1], (struct sockaddr *)&sa, sizeof(sa)))
		serve_fail("connect");
	serve_gate();
	fds[0] = io_accept(lfd, NULL, NULL);
	if (fds[0] < 0)
		serve_fail("accept");
	serve_track(fds[0]);
	serve_track(fds[1]);
	close(lfd);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char *buf;
	int fds[2];

	serve_parse(argc, argv, options);
	serve_signals();
	buf = malloc((size_t)bytes);
	if (!buf)
		serve_fail("malloc");
	connect_pair(fds);
	errno = pthread_create(&thread, NULL, writer, &fds[1]);
	if (errno)
		serve_fail("pthread_create");
	for (long i = 0; i < count && !serve_stopping(); i++) {
		int there = 0;

		for (int ms = 0; ms < 200 && there < bytes; ms++) {
			usleep(1000);
			if (ioctl(fds[0], FIONREAD, &there))
				serve_fail("FIONREAD");
		}
		if (io_recvfrom(fds[0], buf, (size_t)bytes, MSG_WAITALL, NULL, NULL) == 0)
			break;
	}
	shutdown(fds[1], SHUT_RDWR);
	pthread_join(thread, NULL);
	free(buf);
	serve_finish();
}
