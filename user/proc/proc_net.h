/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_net.h - the sockets of a network namespace that wait for clients at a port, and whose they
 * are.
 */
#ifndef IOPHASE_PROC_NET_H
#define IOPHASE_PROC_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/ports.h"

/* The numbers (inodes) of sockets. A zeroed list is empty. */
struct socket_list {
	uint64_t *inode;
	size_t count;
};

/*
 * A line of /proc/net/tcp, tcp6, udp or udp6. Returns whether it is that of a socket which waits
 * for clients, of TCP in the state LISTEN, of UDP bound and not connected; then stores port and
 * inode. `more` says whether such lines may follow: TCP's come first.
 */
bool proc_net_waits(const char *line, bool udp, uint16_t *port, uint64_t *inode, bool *more);

/* A socket that waits for clients. */
struct waiting_socket {
	uint64_t inode;
	struct port port;
};

typedef void proc_net_visit(const struct waiting_socket *socket, void *context);

/*
 * Visits the sockets that wait for clients in the network namespace of a process, by TCP and UDP,
 * IPv4 and IPv6; 0 or -errno.
 */
int proc_net_each(pid_t pid, proc_net_visit *visit, void *context);

/* Visits the sockets (inodes) that a process has, until `visit` returns false; 0 or -errno. */
int proc_sockets_each(pid_t pid, bool (*visit)(uint64_t inode, void *context), void *context);

/*
 * Adds the sockets that wait for clients at a port in the network namespace of a process, by TCP
 * and UDP, IPv4 and IPv6; 0 or -errno.
 */
int proc_net_waiting(pid_t pid, uint16_t port, struct socket_list *sockets);

/* Whether a process has one of the sockets; 1, 0, or -errno. */
int proc_has_socket(pid_t pid, const struct socket_list *sockets);

/* Whether a process has any socket at all; likewise. */
int proc_has_sockets(pid_t pid);

void socket_list_clear(struct socket_list *sockets);

#endif
