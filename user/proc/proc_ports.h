/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_ports.h - the ports at which processes wait for clients.
 *
 * The tables of a network namespace are read once, however many processes are in it.
 */
#ifndef IOPHASE_PROC_PORTS_H
#define IOPHASE_PROC_PORTS_H

#include "proc/proc_net.h"

/* The sockets of some network namespaces that wait for clients. A zeroed one is empty. */
struct port_table {
	struct waiting_socket *socket;
	size_t count, room;
	bool is_sorted; /* by inode */
	struct net_namespace {
		uint64_t inode;
		int err; /* -errno if its tables could not be read */
	} * space;
	size_t spaces;
};

/* Adds the sockets of a process's network namespace, unless they are there; 0 or -errno. */
int port_table_add(struct port_table *t, pid_t pid);

/*
 * Writes the ports of the table at which a process waits (ports_write()), whichever namespace a
 * socket of it is in. Returns 0 or -errno: then nothing is written.
 */
int port_table_find(struct port_table *t, pid_t pid, char ports[PORTS_LEN]);

void port_table_clear(struct port_table *t);

#endif
