/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_text.c - see proc_text.h.
 *
 * What goes in: what a file under /proc holds, and a comm in it may hold anything. What comes out:
 * plain data.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/proc_text.h"

enum {
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, linux/sched.h */
	IO_WORKER = 0x00000010,	    /* PF_IO_WORKER, since 5.12 */
	EXITING = 0x00000004,	    /* PF_EXITING: set before the event of the death */
};

/* Copies a name, whose end the kernel or COMM_LEN sets, and fills it up with zeros. */
static void copy_comm(char comm[COMM_LEN], const char *name, size_t length)
{
	if (length > COMM_LEN - 1)
		length = COMM_LEN - 1;
	memset(comm, 0, COMM_LEN);
	memcpy(comm, name, length);
}

/* Whether a number as it was read, all 64 bits of it, can be one of the kernel's ints. */
static bool is_int(long long number, int least)
{
	return number >= least && number <= INT_MAX;
}

/* What /proc/PID/task/TID/stat says; 0 or -EPROTO. */
int proc_text_stat(const char *text, struct proc_stat *stat)
{
	const char *name, *fields;
	unsigned long long start;
	unsigned int flags;
	long long ppid;
	char state;

	/* A comm may itself hold ") R 1": only the first and the last parenthesis are the kernel's.
	 */
	name = strchr(text, '(');
	fields = strrchr(text, ')');
	if (!name || !fields || name > fields ||
	    sscanf(fields,
		   ") %c %lld %*s %*s %*s %*s %u %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%*s %*s %llu",
		   &state, &ppid, &flags, &start) != 4 ||
	    !is_int(ppid, 0))
		return -EPROTO;
	*stat = (struct proc_stat){
		.state = state,
		.ppid = (pid_t)ppid,
		.start = (uint32_t)start,
		.dead = strchr("ZXx", state) != NULL,
		.exiting = flags & EXITING,
		.kernel_thread = flags & KERNEL_THREAD,
		.io_worker = flags & IO_WORKER,
	};
	copy_comm(stat->comm, name + 1, (size_t)(fields - name - 1));
	return 0;
}

/* The effective user of a process, from /proc/PID/status; 0 or -EPROTO. */
int proc_text_user(const char *text, uid_t *user)
{
	const char *line = strstr(text, "\nUid:");
	long long found;

	/* The real one comes first. */
	if (!line || sscanf(line, "\nUid: %*u %lld", &found) != 1 || found < 0 ||
	    found > UINT32_MAX)
		return -EPROTO;
	*user = (uid_t)found;
	return 0;
}

/* The process that a thread belongs to, from /proc/TID/status; 0 or -EPROTO. */
int proc_text_tgid(const char *text, pid_t *tgid)
{
	/* The kernel escapes newlines in the name here, so that this can be no part of it. */
	const char *line = strstr(text, "\nTgid:");
	long long found;

	if (!line || sscanf(line, "\nTgid: %lld", &found) != 1 || !is_int(found, 1))
		return -EPROTO;
	*tgid = (pid_t)found;
	return 0;
}

/* The pid of a process in its own pid namespace, from /proc/PID/status; 0 or -EPROTO. */
int proc_text_inside(const char *text, pid_t *inside)
{
	const char *at = strstr(text, "\nNSpid:");
	long long first = 0, last = 0;

	/* Our own namespace's number comes first, the innermost one's last. */
	for (at = at ? at + strlen("\nNSpid:") : ""; *at == '\t'; at += strspn(at, "0123456789")) {
		at++;
		last = *at >= '0' && *at <= '9' ? strtoll(at, NULL, 10) : 0;
		if (!is_int(last, 1))
			return -EPROTO;
		first = first ? first : last;
	}
	/* A process of many groups has a text that is longer than what was read of it. */
	if (!last || *at != '\n')
		return -EPROTO;
	*inside = last == first ? 0 : (pid_t)last;
	return 0;
}

/* The system call that a thread is blocked in, from /proc/PID/task/TID/syscall; 0 or -EPROTO. */
int proc_text_call(const char *text, struct proc_call *call)
{
	struct proc_call found = {.where = PROC_IN_CALL};
	uint64_t *arg = found.arg;
	long long nr;

	if (!strncmp(text, "running", strlen("running")))
		found.where = PROC_RUNNING;
	else if (!strncmp(text, "-1 ", strlen("-1 ")))
		found.where = PROC_ELSEWHERE;
	else if (sscanf(text,
			"%lld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
			&nr, arg, arg + 1, arg + 2, arg + 3, arg + 4, arg + 5) != 7 ||
		 !is_int(nr, 0))
		return -EPROTO;
	else
		found.nr = (int)nr;
	*call = found;
	return 0;
}

/* The name of a thread, from /proc/PID/task/TID/comm. */
void proc_text_comm(const char *text, size_t length, char comm[COMM_LEN])
{
	/* The kernel adds one newline; those before it are the name's own. */
	if (length > 0 && text[length - 1] == '\n')
		length--;
	copy_comm(comm, text, length);
}

/* A positive number at the start of a text; 0 or -EPROTO. */
int proc_text_positive(const char *text, int *number)
{
	long long found;

	if (sscanf(text, "%lld", &found) != 1 || !is_int(found, 1))
		return -EPROTO;
	*number = (int)found;
	return 0;
}

/* The inode of the socket that a link leads to; 0 or -EPROTO. */
int proc_text_socket(const char *link, uint64_t *inode)
{
	static const char begin[] = "socket:[";
	unsigned long long number;
	char *end;

	if (strncmp(link, begin, sizeof(begin) - 1) != 0)
		return -EPROTO;
	link += sizeof(begin) - 1;
	if (*link < '0' || *link > '9')
		return -EPROTO;
	errno = 0;
	number = strtoull(link, &end, 10);
	if (errno || strcmp(end, "]") != 0)
		return -EPROTO;
	*inode = number;
	return 0;
}

/* The number that the name of a file is, or -1. */
int proc_text_number(const char *name)
{
	char *end;
	long long number;

	if (*name < '0' || *name > '9')
		return -1;
	number = strtoll(name, &end, 10);
	return *end || !is_int(number, 0) ? -1 : (int)number;
}
