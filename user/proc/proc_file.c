/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_file.c - see proc_file.h.
 *
 * What goes in: names of files under /proc. What comes out: their text, or the numbers in them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc/proc_file.h"
#include "proc/proc_text.h"

const char *proc_root = "/proc";

/* Writes the path of something under /proc. */
void proc_path(char path[PATH_MAX], const char *format, ...)
{
	int root = snprintf(path, PATH_MAX, "%s/", proc_root);
	va_list args;

	if (root < 0 || root >= PATH_MAX)
		root = 0;
	va_start(args, format);
	vsnprintf(path + root, (size_t)(PATH_MAX - root), format, args);
	va_end(args);
}

/* The error of a system call on a file of a process: it has no such file only if it is gone. */
int proc_error(void)
{
	return errno == ENOENT ? -ESRCH : -errno;
}

/* Whether an error is that we may not look. */
bool proc_is_denial(int err)
{
	return err == -EPERM || err == -EACCES;
}

/* Reads a small file whole, as a string; returns its length or -errno. */
int proc_read(const char *path, char text[PROC_TEXT_MAX])
{
	int length = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return proc_error();
	for (;;) {
		ssize_t got = read(fd, text + length, (size_t)(PROC_TEXT_MAX - 1 - length));

		if (got < 0)
			length = proc_error();
		if (got <= 0)
			break;
		length += (int)got;
	}
	close(fd);
	if (length >= 0)
		text[length] = '\0';
	return length;
}

/* Reads an open file of one line from its start, as a string; its length or -errno. */
int proc_read_line(int fd, char text[PROC_TEXT_MAX])
{
	ssize_t got = pread(fd, text, PROC_TEXT_MAX - 1, 0);

	if (got < 0)
		return proc_error();
	text[got] = '\0';
	return (int)got;
}

/* Adds all numbers that are names of files in a directory; 0 or -errno. */
int proc_numbers(const char *path, struct pid_list *numbers)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int err;

	if (!dir)
		return proc_error();
	while (errno = 0, entry = readdir(dir))
		if (proc_text_number(entry->d_name) >= 0)
			pid_list_add(numbers, proc_text_number(entry->d_name));
	err = errno ? proc_error() : 0;
	closedir(dir);
	return err;
}
