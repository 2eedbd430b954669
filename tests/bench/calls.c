// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Measures what one system call costs in this process, or a packet, each time it is asked.
 *
 * In: lines on stdin, each a gate: `recv` (recvfrom on an empty non-blocking socket, so EAGAIN: an
 * I/O call that iophase traces), `read` (read of it: a call of which the file decides whether it is
 * traced), `getppid` (a call that it does not trace), `packet` (a byte over a TCP connection of its
 * own: send and recv), `served` (an exchange over that: send, epoll_wait, recv, send, recv) or
 * `echo` (an exchange with a client that is a process of its own: epoll_wait, in which this one
 * sleeps, recv, send; of this the CPU time of this process). Out: the ns per call, packet or
 * exchange, on stdout, one line per gate. Ends at end of input, after 10 minutes, or with 1 after
 * an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "gate.h"

static int sock;
static int tcp[2];    /* the ends of a connection: who connected, who accepted */
static int set;	      /* an epoll set of the second one */
static int asked[2];  /* the same with a client that is another process, */
static int asked_set; /* by which this one serves it */

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

/*
 * Tells the client to ask N times, answers, and returns N; a failure ends the process. Where this
 * one may be first on its CPU whenever it is woken, it is: then it sleeps before each exchange, and
 * the client never does, so that all exchanges are equal.
 */
static uint64_t echo_steps(uint64_t n)
{
	const struct sched_param first = {.sched_priority = 1};
	struct epoll_event event;
	char byte = 0;

	(void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
	if (send(asked[1], &n, sizeof(n), 0) != sizeof(n)) {
		perror("calls: echo");
		exit(1);
	}
	for (uint64_t i = 0; i < n; i++) {
		if (epoll_wait(asked_set, &event, 1, -1) != 1 || recv(asked[1], &byte, 1, 0) != 1 ||
		    send(asked[1], &byte, 1, 0) != 1) {
			perror("calls: echo");
			exit(1);
		}
	}
	(void)sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0});
	return n;
}

/* The client: asks as often as it is told to, until nobody is there any more. */
static void ask(void)
{
	uint64_t n;
	char byte = 0;

	while (recv(asked[0], &n, sizeof(n), MSG_WAITALL) == sizeof(n))
		for (uint64_t i = 0; i < n; i++)
			if (send(asked[0], &byte, 1, 0) != 1 || recv(asked[0], &byte, 1, 0) != 1)
				_exit(1);
	_exit(0);
}

/* A new epoll set that watches a socket; -1, and errno says why. */
static int watch(int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int new = epoll_create1(0);

	return new < 0 || epoll_ctl(new, EPOLL_CTL_ADD, fd, &event) ? -1 : new;
}

/* Starts the client, on the CPU of this process; 0 or -1, and errno says why. */
static int start_client(void)
{
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -1 : 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(asked[1]);
	ask();
	return 0;
}

/* A gate: its loop, and the clock that it is measured by. */
struct gate {
	const char *name;
	gate_steps steps;
	clockid_t clock;
};

/* The gate of that name, NULL if there is none. */
static const struct gate *gate_of(const char *name)
{
	static const struct gate gates[] = {
		{"recv", recv_steps, CLOCK_MONOTONIC},
		{"read", read_steps, CLOCK_MONOTONIC},
		{"getppid", getppid_steps, CLOCK_MONOTONIC},
		{"packet", packet_steps, CLOCK_MONOTONIC},
		{"served", served_steps, CLOCK_MONOTONIC},
		{"echo", echo_steps, CLOCK_PROCESS_CPUTIME_ID},
	};

	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++)
		if (strcmp(name, gates[i].name) == 0)
			return &gates[i];
	return NULL;
}

/* Connects this process to itself, over loopback: who connected, who accepted. 0 or -1, and errno
 * says why. */
static int connect_tcp(int end[2])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	end[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || end[0] < 0 || bind(listener, (void *)&at, sizeof(at)) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, (void *)&at, &length) < 0 ||
	    connect(end[0], (void *)&at, sizeof(at)) < 0)
		return -1;
	end[1] = accept(listener, NULL, NULL);
	close(listener);
	if (end[1] < 0 || setsockopt(end[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0)
		return -1;
	return setsockopt(end[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
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
	if (connect_tcp(tcp) < 0 || connect_tcp(asked) < 0) {
		perror("calls: a connection to itself");
		return 1;
	}
	set = watch(tcp[1]);
	asked_set = watch(asked[1]);
	gate_pin();
	if (set < 0 || asked_set < 0 || start_client() < 0) {
		perror("calls: an epoll set, a client");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		const struct gate *gate;

		line[strcspn(line, "\n")] = 0;
		gate = gate_of(line);
		if (!gate) {
			fprintf(stderr, "calls: unknown gate: %s\n", line);
			return 1;
		}
		printf("%.2f\n", gate_measure(gate->steps, gate->clock));
		fflush(stdout);
	}
	return 0;
}
