/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_net.c - see proc_net.h.
 *
 * What goes in: /proc/PID/net and /proc/PID/fd. What comes out: inodes of sockets.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/types.h"
#include "base/xalloc.h"
#include "proc/proc.h"
#include "proc/proc_file.h"
#include "proc/proc_net.h"
#include "proc/proc_text.h"

enum {
	TCP_LISTEN = 0x0a, /* net/tcp_states.h, as /proc writes them */
	UDP_UNCONNECTED = 0x07,
};

/* A line of the tables of sockets. */
bool proc_net_waits(const char *line, bool udp, uint16_t *port, uint64_t *inode, bool *more)
{
	unsigned int at, state;
	uint64_t number;

	*more = true;
	/* sl local remote state queues timer retransmits uid timeout inode */
	if (sscanf(line,
		   " %*u: %*[0-9A-Fa-f]:%4x %*[0-9A-Fa-f]:%*4x %2x %*s %*s %*s %*u %*u %" SCNu64,
		   &at, &state, &number) != 3)
		return false;
	if (state != (udp ? UDP_UNCONNECTED : TCP_LISTEN)) {
		*more = udp;
		return false;
	}
	*port = (uint16_t)at;
	*inode = number;
	return true;
}

/* Visits the sockets of one table that wait for clients; 0 or -errno. */
static int each_of(pid_t pid, const char *table, proc_net_visit *visit, void *context)
{
	bool udp = !strncmp(table, "udp", 3), more = true;
	char path[PATH_MAX], *line = NULL;
	size_t room = 0;
	FILE *file;
	int err = 0;

	proc_path(path, "%d/net/%s", pid, table);
	file = fopen(path, "re");
	/* A kernel may lack IPv6. */
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	errno = 0;
	/* The first line is a heading, and no socket's. */
	while (more && getline(&line, &room, file) > 0) {
		struct waiting_socket socket = {.port.udp = udp};

		if (proc_net_waits(line, udp, &socket.port.number, &socket.inode, &more))
			visit(&socket, context);
	}
	if (ferror(file))
		err = errno ? -errno : -EIO;
	free(line);
	fclose(file);
	return err;
}

/* Visits the sockets that wait for clients. */
int proc_net_each(pid_t pid, proc_net_visit *visit, void *context)
{
	static const char *const tables[] = {"tcp", "tcp6", "udp", "udp6"};
	pid_t speaker = proc_speaker(pid);
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables) && !err; i++)
		err = each_of(speaker, tables[i], visit, context);
	return err;
}

/* The sockets at a port, as far as they were found. */
struct at_port {
	uint16_t port;
	struct socket_list *sockets;
};

/* Adds a socket if it waits at the port. */
static void add_at_port(const struct waiting_socket *socket, void *context)
{
	const struct at_port *at = context;
	struct socket_list *sockets = at->sockets;

	if (socket->port.number != at->port)
		return;
	sockets->inode = xrealloc(sockets->inode, sockets->count + 1, sizeof(*sockets->inode));
	sockets->inode[sockets->count++] = socket->inode;
}

/* Adds the sockets that wait for clients at a port. */
int proc_net_waiting(pid_t pid, uint16_t port, struct socket_list *sockets)
{
	struct at_port at = {port, sockets};

	return proc_net_each(pid, add_at_port, &at);
}

/* Visits the sockets that a thread has; *any: whether it has descriptors. 0 or -errno. */
static int sockets_of(pid_t tid, bool (*visit)(uint64_t inode, void *context), void *context,
		      bool *any)
{
	char path[PATH_MAX], link[64];
	const struct dirent *entry;
	bool goes_on = true;
	DIR *folder;

	proc_path(path, "%d/fd", tid);
	folder = opendir(path);
	if (!folder)
		return proc_error();
	while (goes_on && (entry = readdir(folder))) {
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, link, sizeof(link) - 1);
		uint64_t inode;

		*any |= entry->d_name[0] != '.';
		if (length <= 0)
			continue;
		link[length] = '\0';
		if (!proc_text_socket(link, &inode))
			goes_on = visit(inode, context);
	}
	closedir(folder);
	return 0;
}

/* Visits the sockets of a process. */
int proc_sockets_each(pid_t pid, bool (*visit)(uint64_t inode, void *context), void *context)
{
	bool any = false;
	int err = sockets_of(pid, visit, context, &any);
	pid_t speaker;

	if (err || any)
		return err;
	speaker = proc_speaker(pid);
	return speaker == pid ? 0 : sockets_of(speaker, visit, context, &any);
}

/* What is looked for among the sockets of a process. */
struct search {
	const struct socket_list *sockets; /* NULL is the list of all */
	bool found;
};

/* Whether it is to be looked for further, this socket not being in the list. */
static bool is_another(uint64_t inode, void *context)
{
	struct search *search = context;
	const struct socket_list *sockets = search->sockets;

	search->found = !sockets;
	for (size_t i = 0; sockets && i < sockets->count; i++)
		search->found |= sockets->inode[i] == inode;
	return !search->found;
}

/* Whether a process has a socket of the list; NULL is the list of all. */
static int has_one(pid_t pid, const struct socket_list *sockets)
{
	struct search search = {sockets, false};
	int err = proc_sockets_each(pid, is_another, &search);

	return err ? err : search.found;
}

/* Whether a process has one of the sockets. */
int proc_has_socket(pid_t pid, const struct socket_list *sockets)
{
	return sockets->count ? has_one(pid, sockets) : 0;
}

/* Whether a process has any socket at all. */
int proc_has_sockets(pid_t pid)
{
	return has_one(pid, NULL);
}

void socket_list_clear(struct socket_list *sockets)
{
	free(sockets->inode);
	*sockets = (struct socket_list){0};
}
