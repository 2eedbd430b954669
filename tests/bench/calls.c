// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what one system call costs in this process, or a packet, each time it is asked.
 *
 * In: lines on stdin, each a gate: `recv` (recvfrom on an empty non-blocking socket, so EAGAIN: an
 * I/O call that iophase traces), `getppid` (a call that it does not trace) or `packet` (a byte over
 * a TCP connection of its own: send and recv). Out: the ns per call, or packet, on stdout, one line
 * per gate. Ends at end of input, after 10 minutes, or with 1 after an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "gate.h"

static int sock;
static int tcp[2]; /* the ends of a connection */

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

/* Sends and receives N bytes, one by one, and returns N; a failure ends the process. */
static uint64_t packet_steps(uint64_t n)
{
	char byte = 0;

	for (uint64_t i = 0; i < n; i++) {
		if (send(tcp[0], &byte, 1, 0) != 1 || recv(tcp[1], &byte, 1, 0) != 1) {
			perror("calls: packet");
			exit(1);
		}
	}
	return n;
}

/* Connects this process to itself, over loopback; 0 or -1, and errno says why. */
static int connect_tcp(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	tcp[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || tcp[0] < 0 || bind(listener, (void *)&at, sizeof(at)) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, (void *)&at, &length) < 0 ||
	    connect(tcp[0], (void *)&at, sizeof(at)) < 0)
		return -1;
	tcp[1] = accept(listener, NULL, NULL);
	close(listener);
	return tcp[1] < 0 ? -1 : setsockopt(tcp[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
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
	if (connect_tcp() < 0) {
		perror("calls: a connection to itself");
		return 1;
	}
	gate_pin();
	while (fgets(line, sizeof(line), stdin)) {
		gate_steps steps = NULL;

		if (strcmp(line, "recv\n") == 0)
			steps = recv_steps;
		if (strcmp(line, "getppid\n") == 0)
			steps = getppid_steps;
		if (strcmp(line, "packet\n") == 0)
			steps = packet_steps;
		if (!steps) {
			fprintf(stderr, "calls: unknown gate: %s", line);
			return 1;
		}
		printf("%.2f\n", gate_measure(steps));
		fflush(stdout);
	}
	return 0;
}
