/*
 * Whether another thread of this process is asleep in a system call; see asleep.h.
 */
#define _GNU_SOURCE
#include "asleep.h"

#include "serve.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first bytes of /proc/self/task/TID/NAME, as a string. */
static void task_file(int tid, const char *name, char *buf, size_t len)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, buf, len - 1, 0);
	if (n < 0)
		serve_fail(path);
	buf[n] = '\0';
	close(fd);
}

/* The kernel answers with the number only when the thread is off its CPU for good. */
bool asleep_in(int tid, long number)
{
	char text[256], *state;

	task_file(tid, "syscall", text, sizeof(text));
	if (text[0] < '0' || text[0] > '9' || strtol(text, NULL, 10) != number)
		return false;
	task_file(tid, "stat", text, sizeof(text));
	state = strrchr(text, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

void await_asleep(int tid, long number)
{
	while (!asleep_in(tid, number))
		usleep(100);
}
