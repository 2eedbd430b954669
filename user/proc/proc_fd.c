/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_fd.c - what /proc tells about the descriptors of a process.
 *
 * What goes in: the number of a process and of a descriptor. What comes out: what kind of file it
 * is; which devices are terminals.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
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

/* Whether I/O on a descriptor waits for a peer, an event or a person, not for a disk. */
int proc_fd_waits(pid_t pid, pid_t tid, int fd, const uint8_t tty_major[MAX_TTY_MAJOR], bool *waits)
{
	static const char *const waiting[] = {"socket:", "pipe:", "anon_inode:"};
	char path[PATH_MAX], link[PATH_MAX];
	int err = fd_link(pid, tid, fd, link);
	struct stat file;

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		if (!strncmp(link, waiting[i], strlen(waiting[i]))) {
			*waits = true;
			return 0;
		}
	}
	proc_path(path, "%d/task/%d/fd/%d", pid, tid, fd);
	if (stat(path, &file))
		return -errno;
	*waits = S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode);
	if (S_ISCHR(file.st_mode) && major(file.st_rdev) < MAX_TTY_MAJOR)
		*waits = tty_major[major(file.st_rdev)];
	return 0;
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
