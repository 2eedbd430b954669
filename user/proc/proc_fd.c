/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_fd.c - what /proc tells about the descriptors of a process.
 *
 * What goes in: the number of a process or descriptor. What comes out: what kind of file it is, and
 * how epoll sets watch others; whether it has asked for I/O signals.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_file.h"

enum {
	LISTENERS_LOOKED_FOR = 64, /* among the first so many level-triggered registrations */
};

/* uapi/linux/eventpoll.h */
#define EDGE_TRIGGERED (1U << 31)

/* What a descriptor is, as readlink shows it; 0 or -errno. */
static int fd_link(pid_t pid, int fd, char link[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t length;

	proc_path(path, "%d/fd/%d", pid, fd);
	length = readlink(path, link, PATH_MAX - 1);
	if (length < 0)
		return -errno;
	link[length] = '\0';
	return 0;
}

/* Whether I/O on a descriptor waits for a peer, an event or a person, not for a disk. */
int proc_fd_waits(pid_t pid, int fd, const uint8_t tty_major[MAX_TTY_MAJOR], bool *waits)
{
	static const char *const waiting[] = {"socket:", "pipe:", "anon_inode:"};
	char path[PATH_MAX], link[PATH_MAX];
	int err = fd_link(pid, fd, link);
	struct stat file;

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		if (!strncmp(link, waiting[i], strlen(waiting[i]))) {
			*waits = true;
			return 0;
		}
	}
	proc_path(path, "%d/fd/%d", pid, fd);
	if (stat(path, &file))
		return -errno;
	*waits = S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode);
	if (S_ISCHR(file.st_mode) && major(file.st_rdev) < MAX_TTY_MAJOR)
		*waits = tty_major[major(file.st_rdev)];
	return 0;
}

/* Whether a descriptor of the process behind the pidfd is a listening socket. */
static bool is_listener(int pidfd, int fd)
{
	int listens = 0, copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	socklen_t size = sizeof(listens);

	if (copy < 0)
		return false;
	if (getsockopt(copy, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size))
		listens = 0;
	close(copy);
	return listens;
}

/* Whether a descriptor is in a list. */
static bool is_listed(const struct pid_list *fds, int fd)
{
	for (size_t i = 0; i < fds->count; i++)
		if (fds->pid[i] == fd)
			return true;
	return false;
}

/*
 * Counts the registrations of one epoll descriptor, but those of others (`sets`), which are not
 * read from: 0 or -errno.
 */
static int count_registrations(pid_t pid, int fd, int pidfd, const struct pid_list *sets,
			       struct proc_epoll *epoll)
{
	char path[PATH_MAX], *line = NULL;
	unsigned int events;
	size_t room = 0;
	FILE *file;
	int target;

	proc_path(path, "%d/fdinfo/%d", pid, fd);
	file = fopen(path, "re");
	if (!file)
		return proc_error();
	while (getline(&line, &room, file) > 0) {
		if (sscanf(line, "tfd: %d events: %x", &target, &events) != 2 ||
		    is_listed(sets, target))
			continue;
		if (events & EDGE_TRIGGERED)
			epoll->edge_triggered++;
		else if (epoll->level_triggered < LISTENERS_LOOKED_FOR &&
			 is_listener(pidfd, target))
			epoll->listeners++;
		else
			epoll->level_triggered++;
	}
	free(line);
	fclose(file);
	return 0;
}

/* How the epoll sets of a process watch its files. */
int proc_epoll(pid_t pid, struct proc_epoll *epoll)
{
	char path[PATH_MAX], link[PATH_MAX];
	struct proc_epoll found = {0};
	int err, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pid_list fds = {0};
	size_t sets = 0;

	proc_path(path, "%d/fd", pid);
	err = proc_numbers(path, &fds);
	for (size_t i = 0; !err && i < fds.count; i++)
		if (!fd_link(pid, fds.pid[i], link) && !strcmp(link, "anon_inode:[eventpoll]"))
			fds.pid[sets++] = fds.pid[i];
	fds.count = sets;
	/* One that was closed in the meantime watches nothing. */
	for (size_t i = 0; !err && i < sets; i++)
		count_registrations(pid, fds.pid[i], pidfd, &fds, &found);
	pid_list_clear(&fds);
	if (pidfd >= 0)
		close(pidfd);
	if (!err)
		*epoll = found;
	return err;
}

/* How the epoll sets of a process watch most of what it reads, WAY_NONE if none or not known. */
enum way proc_epoll_way(pid_t pid)
{
	struct proc_epoll epoll;

	if (proc_epoll(pid, &epoll))
		return WAY_NONE;
	if (epoll.edge_triggered && epoll.edge_triggered >= epoll.level_triggered)
		return WAY_EPOLL_ET;
	return epoll.level_triggered || epoll.listeners ? WAY_EPOLL_LT : WAY_NONE;
}

/* Whether a descriptor has O_ASYNC: its flags, in octal; false if it has been closed. */
static bool has_async(pid_t pid, int fd)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	const char *flags;

	proc_path(path, "%d/fdinfo/%d", pid, fd);
	if (proc_read(path, text) < 0)
		return false;
	flags = strstr(text, "flags:");
	return flags && strtoul(flags + strlen("flags:"), NULL, 8) & O_ASYNC;
}

/*
 * How a process has asked for I/O signals; 0 or -errno. Most sockets are to send them: nginx's
 * master, who reads nothing, has O_ASYNC on its ends of the channels to its workers.
 */
int proc_async(pid_t pid, struct proc_async *async)
{
	char path[PATH_MAX], link[PATH_MAX];
	struct proc_async found = {0};
	size_t with = 0, without = 0;
	struct pid_list fds = {0};
	int err;

	proc_path(path, "%d/fd", pid);
	err = proc_numbers(path, &fds);
	for (size_t i = 0; !err && i < fds.count; i++) {
		if (fd_link(pid, fds.pid[i], link))
			continue;
		if (has_async(pid, fds.pid[i]))
			with++;
		else if (!strncmp(link, "socket:", strlen("socket:")))
			without++;
		found.signalfd |= !strcmp(link, "anon_inode:[signalfd]");
	}
	found.asked = with && with >= without;
	pid_list_clear(&fds);
	if (!err)
		*async = found;
	return err;
}

/* Sets a 1 for each character device major that is a terminal's. */
int proc_tty_majors(uint8_t tty_major[MAX_TTY_MAJOR])
{
	char path[PATH_MAX], *line = NULL;
	unsigned int number;
	size_t room = 0;
	FILE *file;

	proc_path(path, "tty/drivers");
	file = fopen(path, "re");
	if (!file)
		return -errno;
	memset(tty_major, 0, MAX_TTY_MAJOR);
	while (getline(&line, &room, file) > 0)
		if (sscanf(line, "%*s %*s %u", &number) == 1 && number < MAX_TTY_MAJOR)
			tty_major[number] = 1;
	free(line);
	fclose(file);
	return 0;
}
