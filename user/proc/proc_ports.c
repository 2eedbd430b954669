/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_ports.c - see proc_ports.h.
 *
 * What goes in: /proc/PID/ns/net, /proc/PID/net and /proc/PID/fd. What comes out: ports.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "proc/proc.h"
#include "proc/proc_file.h"
#include "proc/proc_ports.h"

/* The ports of one process, as they are found. */
struct found {
	const struct port_table *table;
	struct port *port;
	size_t count, room;
};

/* Finds the network namespace of a process; 0 or -errno. */
static int namespace_of(pid_t pid, uint64_t *inode)
{
	char path[PATH_MAX], link[64];
	ssize_t length;

	proc_path(path, "%d/ns/net", pid);
	length = readlink(path, link, sizeof(link) - 1);
	if (length <= 0)
		return proc_error();
	link[length] = '\0';
	return sscanf(link, "net:[%" SCNu64, inode) == 1 ? 0 : -EINVAL;
}

/* Adds a socket to the table; room is doubled. */
static void add_socket(const struct waiting_socket *socket, void *context)
{
	struct port_table *t = context;

	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->socket = xrealloc(t->socket, t->room, sizeof(*t->socket));
	}
	t->socket[t->count++] = *socket;
}

/* Adds the sockets of a process's network namespace. */
int port_table_add(struct port_table *t, pid_t pid)
{
	uint64_t inode;
	int err = namespace_of(pid, &inode);

	if (err == -ESRCH)
		err = namespace_of(proc_speaker(pid), &inode);

	for (size_t i = 0; i < t->spaces && !err; i++)
		if (t->space[i].inode == inode)
			return t->space[i].err;
	if (err)
		return err;
	t->is_sorted = false;
	err = proc_net_each(pid, add_socket, t);
	/* It has ended meanwhile: another one may be there to ask. */
	if (err == -ESRCH || err == -ENOENT)
		return err;
	t->space = xrealloc(t->space, t->spaces + 1, sizeof(*t->space));
	t->space[t->spaces++] = (struct net_namespace){inode, err};
	return err;
}

/* The order of sockets. */
static int compare(const void *a, const void *b)
{
	const struct waiting_socket *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

/* Adds the port of a socket, if it waits for clients at one. */
static bool add_port(uint64_t inode, void *context)
{
	struct found *f = context;
	const struct waiting_socket key = {.inode = inode};
	const struct waiting_socket *socket =
		bsearch(&key, f->table->socket, f->table->count, sizeof(key), compare);

	if (!socket)
		return true;
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 8;
		f->port = xrealloc(f->port, f->room, sizeof(*f->port));
	}
	f->port[f->count++] = socket->port;
	return true;
}

/* Writes the ports of a process. */
int port_table_find(struct port_table *t, pid_t pid, char ports[PORTS_LEN])
{
	struct found found = {.table = t};
	int err = 0;

	if (!t->is_sorted && t->count)
		qsort(t->socket, t->count, sizeof(*t->socket), compare);
	t->is_sorted = true;
	/* Where nobody waits, its descriptors need not be looked at. */
	if (t->count)
		err = proc_sockets_each(pid, add_port, &found);
	if (!err)
		ports_write(ports, found.port, found.count);
	free(found.port);
	return err;
}

void port_table_clear(struct port_table *t)
{
	free(t->socket);
	free(t->space);
	*t = (struct port_table){0};
}
