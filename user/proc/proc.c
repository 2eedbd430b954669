/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc.c - what /proc tells about processes and threads.
 *
 * What goes in: the number of a process or thread. What comes out: plain data. Anything
 * may be gone by the time it is read, and a comm may hold anything; both are expected here.
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_file.h"

enum {
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, linux/sched.h */
	IO_WORKER = 0x00000010,	    /* PF_IO_WORKER, since 5.12 */
};

/* What /proc/TID/stat says. */
int proc_stat(pid_t tid, struct proc_stat *stat)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX], state;
	const char *fields;
	unsigned int flags;
	pid_t ppid;
	int length;

	proc_path(path, "%d/stat", tid);
	length = proc_read(path, text);
	if (length < 0)
		return length;
	/* A comm may itself hold ") R 1": only the last parenthesis is the kernel's. */
	fields = strrchr(text, ')');
	if (!fields || sscanf(fields, ") %c %d %*d %*d %*d %*d %u", &state, &ppid, &flags) != 3)
		return -EPROTO;
	*stat = (struct proc_stat){
		.state = state,
		.ppid = ppid,
		.kernel_thread = flags & KERNEL_THREAD,
		.io_worker = flags & IO_WORKER,
	};
	return 0;
}

/* The process that a thread belongs to. */
int proc_tgid(pid_t tid, pid_t *tgid)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	const char *line;
	int length;

	proc_path(path, "%d/status", tid);
	length = proc_read(path, text);
	if (length < 0)
		return length;
	/* The kernel escapes newlines in the name here, so that this can be no part of it. */
	line = strstr(text, "\nTgid:");
	return line && sscanf(line, "\nTgid: %d", tgid) == 1 ? 0 : -EPROTO;
}

/* The name of a thread, filled up with zeros. */
int proc_comm(pid_t pid, pid_t tid, char comm[COMM_LEN])
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	int length;

	proc_path(path, "%d/task/%d/comm", pid, tid);
	length = proc_read(path, text);
	if (length < 0)
		return length;
	/* The kernel adds one newline; those before it are the name's own. */
	if (length > 0 && text[length - 1] == '\n')
		length--;
	if (length > COMM_LEN - 1)
		length = COMM_LEN - 1;
	memset(comm, 0, COMM_LEN);
	memcpy(comm, text, (size_t)length);
	return 0;
}

/* Whether the process has ended. */
int proc_ended(pid_t pid, bool *ended)
{
	struct pid_list tids = {0};
	struct proc_stat stat;
	int err = proc_stat(pid, &stat);

	if (err)
		return err;
	*ended = strchr("ZXx", stat.state) != NULL;
	/* The main thread of a process that goes on may have ended: it stays, as a zombie. */
	if (*ended && !proc_threads(pid, &tids))
		*ended = tids.count <= 1;
	pid_list_clear(&tids);
	return 0;
}

/* The ELF class of a file as bits, or -errno. */
static int elf_bits(const char *path)
{
	unsigned char ident[EI_NIDENT];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return proc_error();
	got = pread(fd, ident, sizeof(ident), 0);
	close(fd);
	if (got < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG))
		return -ENOEXEC;
	return ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
}

/* Whether the program of a process is 64-bit or 32-bit. */
int proc_bits(pid_t pid, int *bits)
{
	struct pid_list tids = {0};
	char path[PATH_MAX];
	int found, err = 0;

	proc_path(path, "%d/exe", pid);
	found = elf_bits(path);
	/* A main thread that has ended has no program any more, the others still do. */
	if (found == -ESRCH)
		err = proc_threads(pid, &tids);
	for (size_t i = 0; !err && found == -ESRCH && i < tids.count; i++) {
		proc_path(path, "%d/task/%d/exe", pid, tids.pid[i]);
		found = elf_bits(path);
	}
	pid_list_clear(&tids);
	if (found < 0)
		return found;
	*bits = found;
	return 0;
}

/* Adds the threads of a process. */
int proc_threads(pid_t pid, struct pid_list *tids)
{
	char path[PATH_MAX];

	proc_path(path, "%d/task", pid);
	return proc_numbers(path, tids);
}

/* Adds to the family, which holds its head, all that descend from it. */
static void add_family(struct pid_list *family, const struct pid_list *all,
		       const struct pid_list *parents)
{
	size_t before;

	/* A child may have a lower number than its parent: go on until nobody is new. */
	do {
		before = family->count;
		for (size_t i = 0; i < all->count; i++)
			if (pid_list_has(family, parents->pid[i]) &&
			    !pid_list_has(family, all->pid[i]))
				pid_list_add(family, all->pid[i]);
	} while (family->count > before);
}

/* Adds the processes that descend from `pid` now, ourselves excepted. */
int proc_descendants(pid_t pid, struct pid_list *pids)
{
	struct pid_list all = {0}, parents = {0}, family = {0};
	char path[PATH_MAX];
	int err;

	proc_path(path, ".");
	err = proc_numbers(path, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct proc_stat stat = {0};
		/* One that is gone in the meantime has no parent, and neither have we. */
		bool orphan = all.pid[i] == getpid() || proc_stat(all.pid[i], &stat);

		pid_list_add(&parents, orphan ? 0 : stat.ppid);
	}
	pid_list_add(&family, pid);
	add_family(&family, &all, &parents);
	for (size_t i = 1; !err && i < family.count; i++)
		pid_list_add(pids, family.pid[i]);
	pid_list_clear(&all);
	pid_list_clear(&parents);
	pid_list_clear(&family);
	return err;
}

/* The system call that a thread is blocked in. */
int proc_call(pid_t pid, pid_t tid, struct proc_call *call)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	struct proc_call found = {.where = PROC_IN_CALL};
	uint64_t *arg = found.arg;
	int length;

	proc_path(path, "%d/task/%d/syscall", pid, tid);
	length = proc_read(path, text);
	if (length < 0)
		return length;
	if (!strncmp(text, "running", strlen("running")))
		found.where = PROC_RUNNING;
	else if (!strncmp(text, "-1 ", strlen("-1 ")))
		found.where = PROC_ELSEWHERE;
	else if (sscanf(text,
			"%d %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
			&found.nr, arg, arg + 1, arg + 2, arg + 3, arg + 4, arg + 5) != 7)
		return -EPROTO;
	*call = found;
	return 0;
}

/* Whether a blocked thread sleeps in poll, as far as the kernel names its functions. */
bool proc_waits_in_poll(pid_t pid, pid_t tid)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];

	proc_path(path, "%d/task/%d/wchan", pid, tid);
	return proc_read(path, text) > 0 && strstr(text, "poll");
}

/* One more than the largest pid there can be, or -errno. */
int proc_pid_max(void)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	int length, pid_max;

	proc_path(path, "sys/kernel/pid_max");
	length = proc_read(path, text);
	if (length < 0)
		return length;
	return sscanf(text, "%d", &pid_max) == 1 && pid_max > 0 ? pid_max : -EPROTO;
}
