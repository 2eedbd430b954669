/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_fd.c - what /proc tells about the descriptors of a process.
 *
 * What goes in: the number of a process and of a descriptor. What comes out: what kind of file it
 * is.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_file.h"

/* What a descriptor is, as readlink shows it; 0 or -errno. */
static int fd_link(pid_t pid, pid_t tid, int fd, char link[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t length;

	proc_path(path, "%d/task/%d/fd/%d", pid, tid, fd);
	length = readlink(path, link, PATH_MAX - 1);
	if (length < 0)
		return -errno;
	link[length] = '\0';
	return 0;
}

/*
 * Whether a process's character device can be polled, 0 if that cannot be found out: epoll, which
 * refuses what cannot be, is asked about a copy of the descriptor. Nothing is opened.
 */
static bool can_be_polled(pid_t pid, int fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int copy = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	int set = epoll_create1(EPOLL_CLOEXEC);
	bool polled = copy >= 0 && set >= 0 && !epoll_ctl(set, EPOLL_CTL_ADD, copy, &event);

	for (size_t i = 0; i < 3; i++)
		if ((int[]){set, copy, process}[i] >= 0)
			close((int[]){set, copy, process}[i]);
	return polled;
}

/* What I/O on a descriptor waits for. */
int proc_fd_kind(pid_t pid, pid_t tid, int fd, enum proc_file *kind)
{
	static const struct {
		const char *begins;
		enum proc_file kind;
	} waiting[] = {{"socket:", PROC_FILE_WAITS},
		       {"pipe:", PROC_FILE_PIPE},
		       {"anon_inode:", PROC_FILE_WAITS}};
	char path[PATH_MAX], link[PATH_MAX];
	int err = fd_link(pid, tid, fd, link);
	struct stat file;

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		if (!strncmp(link, waiting[i].begins, strlen(waiting[i].begins))) {
			*kind = waiting[i].kind;
			return 0;
		}
	}
	proc_path(path, "%d/task/%d/fd/%d", pid, tid, fd);
	if (stat(path, &file))
		return -errno;
	*kind = PROC_FILE_NO_WAIT;
	if (S_ISFIFO(file.st_mode))
		*kind = PROC_FILE_PIPE;
	else if (S_ISSOCK(file.st_mode) || (S_ISCHR(file.st_mode) && can_be_polled(pid, fd)))
		*kind = PROC_FILE_WAITS;
	return 0;
}
