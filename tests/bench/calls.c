// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what one system call costs in this process, each time it is asked.
 *
 * In: lines on stdin, each a gate: `recv` (recvfrom on an empty non-blocking socket, so EAGAIN: an
 * I/O call that iophase traces) or `getppid` (a call that it does not trace). Out: the ns per call
 * on stdout, one line per gate. Ends at end of input, after 10 minutes, or with 1 after an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "gate.h"

static int sock;

/* Receives N times from the empty socket and returns N; anything but EAGAIN ends the process. */
static uint64_t recv_steps(uint64_t n)
{
	char byte;

	for (uint64_t i = 0; i < n; i++) {
		if (recv(sock, &byte, 1, 0) >= 0 || errno != EAGAIN) {
			fprintf(stderr, "calls: recv did not return EAGAIN\n");
			exit(1);
		}
	}
	return n;
}

/* Calls getppid N times and returns N. */
static uint64_t getppid_steps(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		syscall(SYS_getppid);
	return n;
}

int main(void)
{
	char line[32];
	int pair[2];

	alarm(600);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0) {
		perror("calls: socketpair");
		return 1;
	}
	sock = pair[0];
	gate_pin();
	while (fgets(line, sizeof(line), stdin)) {
		gate_steps steps = NULL;

		if (strcmp(line, "recv\n") == 0)
			steps = recv_steps;
		if (strcmp(line, "getppid\n") == 0)
			steps = getppid_steps;
		if (!steps) {
			fprintf(stderr, "calls: unknown gate: %s", line);
			return 1;
		}
		printf("%.2f\n", gate_measure(steps));
		fflush(stdout);
	}
	return 0;
}
