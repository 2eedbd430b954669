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
#include "proc/proc_file.h"
#include "proc/proc_net.h"

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

/* Adds the sockets of one table that wait at a port; 0 or -errno. */
static int add_from(pid_t pid, const char *table, uint16_t port, struct socket_list *sockets)
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
		uint16_t at;
		uint64_t inode;

		if (!proc_net_waits(line, udp, &at, &inode, &more) || at != port)
			continue;
		sockets->inode = xrealloc(sockets->inode, sockets->count + 1, sizeof(inode));
		sockets->inode[sockets->count++] = inode;
	}
	if (ferror(file))
		err = errno ? -errno : -EIO;
	free(line);
	fclose(file);
	return err;
}

/* Adds the sockets that wait for clients at a port. */
int proc_net_waiting(pid_t pid, uint16_t port, struct socket_list *sockets)
{
	static const char *const tables[] = {"tcp", "tcp6", "udp", "udp6"};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables) && !err; i++)
		err = add_from(pid, tables[i], port, sockets);
	return err;
}

/* Whether a socket is in the list; NULL is the list of all. */
static bool is_listed(const struct socket_list *sockets, uint64_t inode)
{
	if (!sockets)
		return true;
	for (size_t i = 0; i < sockets->count; i++)
		if (sockets->inode[i] == inode)
			return true;
	return false;
}

/* Whether a process has a socket of the list; NULL is the list of all. */
static int has_one(pid_t pid, const struct socket_list *sockets)
{
	char path[PATH_MAX], link[64];
	const struct dirent *entry;
	int found = 0;
	DIR *folder;

	proc_path(path, "%d/fd", pid);
	folder = opendir(path);
	if (!folder)
		return proc_error();
	while (!found && (entry = readdir(folder))) {
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, link, sizeof(link) - 1);
		uint64_t inode;

		if (length <= 0)
			continue;
		link[length] = '\0';
		if (sscanf(link, "socket:[%" SCNu64, &inode) == 1)
			found = is_listed(sockets, inode);
	}
	closedir(folder);
	return found;
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
