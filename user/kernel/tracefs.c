/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracefs.c - see tracefs.h.
 *
 * What goes in: names of tracepoints. What comes out: their numbers. Files are opened, not asked
 * about by access(2): that would answer for the real user, and file capabilities are the effective
 * one's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/types.h"
#include "kernel/tracefs.h"

/* Where tracefs is mounted. */
const char *tracefs_find(bool *denied)
{
	static const char *const place[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};

	*denied = false;
	for (size_t i = 0; i < ARRAY_SIZE(place); i++) {
		char path[PATH_MAX];
		DIR *dir;

		snprintf(path, sizeof(path), "%s/events", place[i]);
		dir = opendir(path);
		if (dir) {
			closedir(dir);
			*denied = false;
			return place[i];
		}
		if (errno == EACCES)
			*denied = true;
	}
	return NULL;
}

/* The number of a tracepoint of system calls. */
int tracefs_event(const char *tracefs, const char *name)
{
	char path[PATH_MAX], text[16] = "";
	ssize_t length;
	int fd, err;

	snprintf(path, sizeof(path), "%s/events/syscalls/%s/id", tracefs, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, sizeof(text) - 1);
	err = length < 0 ? -errno : 0;
	close(fd);
	if (err)
		return err;
	return atoi(text) > 0 ? atoi(text) : -EPROTO;
}

/* Begins to listen to the tracepoint of a number. */
int tracefs_open(int event)
{
	struct perf_event_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.size = sizeof(attr);
	attr.config = (__u64)event;
	/* One CPU will do: the programs of a tracepoint run wherever it is passed. */
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
