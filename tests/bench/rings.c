// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what one request of io_uring costs in this process, each time it is asked.
 *
 * In: lines on stdin, each a gate: `recv` (a receive from an empty socket that may not wait, so its
 * request completes with EAGAIN within the io_uring_enter that submits it). Out: the ns per request
 * on stdout, one line per gate. Ends at end of input, after 10 minutes, or with 1 after an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "gate.h"

static struct io_uring ring;
static int sock;

/* Ends the process with 1 and says WHAT failed. */
static void fail(const char *what)
{
	fprintf(stderr, "rings: %s\n", what);
	exit(1);
}

/* Makes N requests, one per io_uring_enter, and returns N; any result but EAGAIN ends the process.
 */
static uint64_t recv_steps(uint64_t n)
{
	char byte;

	for (uint64_t i = 0; i < n; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
		struct io_uring_cqe *cqe;

		if (!sqe)
			fail("no room for a request");
		io_uring_prep_recv(sqe, sock, &byte, 1, MSG_DONTWAIT);
		if (io_uring_submit_and_wait(&ring, 1) != 1)
			fail("the request was not submitted");
		if (io_uring_peek_cqe(&ring, &cqe) < 0 || cqe->res != -EAGAIN)
			fail("the request did not complete with EAGAIN");
		io_uring_cqe_seen(&ring, cqe);
	}
	return n;
}

int main(void)
{
	char line[32];
	int pair[2], error;

	alarm(600);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) {
		perror("rings: socketpair");
		return 1;
	}
	sock = pair[0];
	error = io_uring_queue_init(8, &ring, 0);
	if (error < 0)
		fail(strerror(-error));
	gate_pin();
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "recv\n") != 0) {
			fprintf(stderr, "rings: unknown gate: %s", line);
			return 1;
		}
		printf("%.2f\n", gate_measure(recv_steps, CLOCK_MONOTONIC));
		fflush(stdout);
	}
	return 0;
}
