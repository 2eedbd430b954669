// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what one system call costs in this process, or a packet, each time it is asked.
 *
 * In: lines on stdin, each a gate: `recv` (recvfrom on an empty non-blocking socket, so EAGAIN: an
 * I/O call that iophase traces), `read` (read of it: a call of which the file decides whether it is
 * traced), `getppid` (a call that it does not trace), `packet` (a byte over a TCP connection of its
 * own: send and recv) or `served` (an exchange over that: send, epoll_wait, recv, send, recv). Out:
 * the ns per call, packet or exchange, on stdout, one line per gate. Ends at end of input, after 10
 * minutes, or with 1 after an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "gate.h"

static int sock;
static int tcp[2]; /* the ends of a connection: who connected, who accepted */
static int set;	   /* an epoll set of the second one */

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

/* Reads N times from the empty socket and returns N; anything but EAGAIN ends the process. */
static uint64_t read_steps(uint64_t n)
{
	char byte;

	for (uint64_t i = 0; i < n; i++) {
		if (read(sock, &byte, 1) >= 0 || errno != EAGAIN) {
			fprintf(stderr, "calls: read did not return EAGAIN\n");
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

/* Asks and answers N times as a client and a server by epoll would, and returns N; a failure ends
 * the process. */
static uint64_t served_steps(uint64_t n)
{
	struct epoll_event event;
	char byte = 0;

	for (uint64_t i = 0; i < n; i++) {
		if (send(tcp[0], &byte, 1, 0) != 1 || epoll_wait(set, &event, 1, -1) != 1 ||
		    recv(tcp[1], &byte, 1, 0) != 1 || send(tcp[1], &byte, 1, 0) != 1 ||
		    recv(tcp[0], &byte, 1, 0) != 1) {
			perror("calls: exchange");
			exit(1);
		}
	}
	return n;
}

/* Has an epoll set watch the accepting end; 0 or -1, and errno says why. */
static int watch_tcp(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	set = epoll_create1(0);
	return set < 0 ? -1 : epoll_ctl(set, EPOLL_CTL_ADD, tcp[1], &event);
}

/* The loop of a gate, NULL if there is none of that name. */
static gate_steps loop_of(const char *gate)
{
	static const struct {
		const char *name;
		gate_steps steps;
	} loops[] = {
		{"recv", recv_steps},	  {"read", read_steps},	    {"getppid", getppid_steps},
		{"packet", packet_steps}, {"served", served_steps},
	};

	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
		if (strcmp(gate, loops[i].name) == 0)
			return loops[i].steps;
	return NULL;
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
	if (connect_tcp() < 0 || watch_tcp() < 0) {
		perror("calls: a connection to itself");
		return 1;
	}
	gate_pin();
	while (fgets(line, sizeof(line), stdin)) {
		gate_steps steps;

		line[strcspn(line, "\n")] = 0;
		steps = loop_of(line);
		if (!steps) {
			fprintf(stderr, "calls: unknown gate: %s\n", line);
			return 1;
		}
		printf("%.2f\n", gate_measure(steps));
		fflush(stdout);
	}
	return 0;
}
