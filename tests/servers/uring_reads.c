/*
 * Reads by requests of io_uring that are no plain ones, in equal numbers.
 *
 * In: the options of serve.h, --count N (20). Out: the tally. In each round a datagram is peeked
 * at, and read, and an empty one is read; and what the process says to itself is read, of an
 * eventfd, of a pipe and of a pair of sockets, written by requests, too.
 */
#define _GNU_SOURCE
#include "io_uring/ring.h"
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { SIZE = 50 };

static long count = 20;
static char buf[100];

static const struct serve_option options[] = {{.name = "count", .number = &count}, {0}};

/* Submit a request, wait for its completion, and return its result. */
static long done(struct io_uring_sqe *sqe)
{
	struct io_uring_cqe *cqe;
	long result;

	(void)sqe;
	do
		ring_enter(true);
	while (!io_uring_cq_ready(&ring));
	io_uring_peek_cqe(&ring, &cqe);
	result = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	return result;
}

/* The same of a request that is tallied as it is, and must have this result. */
static void plain(struct io_uring_sqe *sqe, enum tally_call call, long want)
{
	long result = done(sqe);

	tally_request(call, result);
	if (result != want) {
		fprintf(stderr, "uring_reads: got %ld, wanted %ld\n", result, want);
		_exit(1);
	}
}

/* Write so many bytes to a descriptor by a request. */
static void put(int fd, unsigned int size)
{
	struct io_uring_sqe *sqe = ring_take();

	io_uring_prep_write(sqe, fd, buf, size, 0);
	plain(sqe, TALLY_uring_write, (long)size);
}

/* Send so many bytes to a socket by a request. */
static void sends(int fd, unsigned int size)
{
	struct io_uring_sqe *sqe = ring_take();

	io_uring_prep_send(sqe, fd, buf, size, 0);
	plain(sqe, TALLY_uring_write, (long)size);
}

/* Read from a descriptor by a request. */
static void take(int fd, long want)
{
	struct io_uring_sqe *sqe = ring_take();

	io_uring_prep_read(sqe, fd, buf, sizeof(buf), 0);
	plain(sqe, TALLY_uring_read, want);
}

/* A request to receive with flags; its result must be `want`, and counts as a read of `bytes`. */
static void receives(int fd, int flags, long want, long bytes)
{
	struct io_uring_sqe *sqe = ring_take();
	long result;

	io_uring_prep_recv(sqe, fd, buf, sizeof(buf), flags);
	result = done(sqe);
	if (result != want) {
		fprintf(stderr, "uring_reads: got %ld, wanted %ld\n", result, want);
		_exit(1);
	}
	tally_count(TALLY_uring_read, want < 0 ? want : 1, (uint64_t)bytes);
}

/* Two UDP sockets that are connected to each other. */
static void datagrams(int fd[2])
{
	struct sockaddr_in sa[2];
	socklen_t length = sizeof(sa[0]);

	for (int i = 0; i < 2; i++) {
		sa[i] = (struct sockaddr_in){.sin_family = AF_INET,
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd[i] < 0 || bind(fd[i], (struct sockaddr *)&sa[i], length) ||
		    getsockname(fd[i], (struct sockaddr *)&sa[i], &length))
			serve_fail("a UDP socket");
	}
	for (int i = 0; i < 2; i++)
		if (connect(fd[i], (struct sockaddr *)&sa[!i], length))
			serve_fail("connect");
}

int main(int argc, char **argv)
{
	int udp[2], pair[2], pipe_fds[2], event = eventfd(0, EFD_CLOEXEC);

	serve_parse(argc, argv, options);
	serve_signals();
	ring_open(false, false, 0);
	datagrams(udp);
	if (event < 0 || pipe(pipe_fds) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		serve_fail("what it says to itself");
	memset(buf, 1, sizeof(buf));
	serve_gate();
	for (long i = 0; i < count; i++) {
		sends(udp[0], SIZE);
		receives(udp[1], MSG_PEEK, SIZE, 0);
		receives(udp[1], 0, SIZE, SIZE);
		sends(udp[0], 0);
		receives(udp[1], 0, 0, 0);
		put(event, sizeof(uint64_t));
		take(event, sizeof(uint64_t));
		put(pipe_fds[1], SIZE);
		take(pipe_fds[0], SIZE);
		sends(pair[0], SIZE);
		take(pair[1], SIZE);
	}
	serve_finish();
}
