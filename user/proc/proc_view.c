/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_view.c - see proc_view.h.
 *
 * What goes in: our /proc, as it is mounted. What comes out: whether it can be believed when it
 * says that there is no such process.
 */
#include <errno.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_file.h"
#include "proc/proc_view.h"

/* PROC_PID_INIT_INO, linux/proc_ns.h: the namespace in which pids are the kernel's own. */
static const char initial_pid_namespace[] = "pid:[4026531836]";

/* Reads a symbolic link under /proc as a string; 0 or -errno. */
static int read_link(const char *name, char *link, size_t room)
{
	char path[PATH_MAX];
	ssize_t length;

	proc_path(path, "%s", name);
	length = readlink(path, link, room - 1);
	if (length < 0)
		return -errno;
	link[length] = '\0';
	return 0;
}

/* Which /proc we see. */
enum proc_view proc_view(void)
{
	struct statfs fs;
	char link[64];

	/* In a /proc of a namespace that we are not in, there is no `self`. */
	if (read_link("self", link, sizeof(link)))
		return !statfs(proc_root, &fs) && fs.f_type == PROC_SUPER_MAGIC ? PROC_FOREIGN
										: PROC_MISSING;
	if (atoi(link) != getpid())
		return PROC_FOREIGN;
	if (read_link("self/ns/pid", link, sizeof(link)))
		return PROC_WHOLE; /* a kernel without pid namespaces */
	return strcmp(link, initial_pid_namespace) ? PROC_NESTED : PROC_WHOLE;
}

/* Whether there is a process of that number, whatever /proc says. */
static bool is_there(pid_t pid)
{
	return !kill(pid, 0) || errno == EPERM;
}

/* Whether a process is there although /proc does not show it. */
bool proc_hides(pid_t pid)
{
	struct proc_stat stat;

	return proc_stat(pid, pid, &stat) == -ESRCH && is_there(pid);
}

/* Whether a process whose stat we may not read is a thread of the kernel: only these, and the first
 * process as the kernel began it, are in no process group. */
bool proc_is_kernel_thread(pid_t pid)
{
	return pid != 1 && !getpgid(pid);
}

/* Whether /proc hides the processes of others: then it hides root's first one, or its insides. */
bool proc_hides_others(void)
{
	struct proc_stat stat;
	int err = proc_stat(1, 1, &stat);

	return proc_is_denial(err) || (err == -ESRCH && is_there(1));
}

/* Whether we may look into a process at all: at its files, its memory's map, its program. */
bool proc_may_look(pid_t pid)
{
	char name[64], link[PATH_MAX];
	int err;

	snprintf(name, sizeof(name), "%d/exe", pid);
	err = read_link(name, link, sizeof(link));
	return !proc_is_denial(err) && !(err == -ENOENT && proc_hides(pid));
}
