/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc.c - what /proc tells about processes and threads.
 *
 * What goes in: the number of a process or thread. What comes out: plain data. Anything
 * may be gone by the time it is read, and a comm may hold anything; both are expected here.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "proc/proc.h"
#include "proc/proc_file.h"

/* Opens the folder of a process's threads. */
int proc_tasks_open(pid_t pid)
{
	char path[PATH_MAX];
	int fd;

	proc_path(path, "%d/task", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? proc_error() : fd;
}

/* Opens the file of a thread in that folder; the descriptor or -errno. */
static int open_in_tasks(int tasks, pid_t tid, const char *file)
{
	char path[NAME_MAX];
	int fd;

	snprintf(path, sizeof(path), "%d/%s", tid, file);
	fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? proc_error() : fd;
}

/* Opens what stat says of a thread in it. */
int proc_stat_open_at(int tasks, pid_t tid)
{
	return open_in_tasks(tasks, tid, "stat");
}

/* Opens /proc/PID/task/TID/FILE; the descriptor or -errno. */
static int open_of_thread(pid_t pid, pid_t tid, const char *file)
{
	char path[PATH_MAX];
	int fd;

	proc_path(path, "%d/task/%d/%s", pid, tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? proc_error() : fd;
}

/* Opens what /proc/PID/task/TID/stat says. (/proc/TID/stat adds up all threads: it takes its time.)
 */
int proc_stat_open(pid_t pid, pid_t tid)
{
	return open_of_thread(pid, tid, "stat");
}

/* What it says now. */
int proc_stat_read(int fd, struct proc_stat *stat)
{
	char text[PROC_TEXT_MAX];
	int length = proc_read_line(fd, text);

	return length < 0 ? length : proc_text_stat(text, stat);
}

/* The same at once. */
int proc_stat(pid_t pid, pid_t tid, struct proc_stat *stat)
{
	int fd = proc_stat_open(pid, tid), err;

	if (fd < 0)
		return fd;
	err = proc_stat_read(fd, stat);
	close(fd);
	return err;
}

/* Whether the thread that was started at that time is no more: what is not known is alive. */
bool proc_gone(pid_t pid, pid_t tid, uint32_t start)
{
	struct proc_stat stat;
	int err = proc_stat(pid, tid, &stat);

	return err == -ESRCH || (!err && (stat.dead || stat.start != start));
}

/* Reads a number from the status of a process or thread, by a function that finds it there. */
static int read_status(pid_t pid, int (*find)(const char *text, pid_t *number), pid_t *number)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	int length;

	proc_path(path, "%d/status", pid);
	length = proc_read(path, text);
	return length < 0 ? length : find(text, number);
}

/* The process that a thread belongs to. */
int proc_tgid(pid_t tid, pid_t *tgid)
{
	return read_status(tid, proc_text_tgid, tgid);
}

/* The pid of a process in its own pid namespace. */
int proc_inside(pid_t pid, pid_t *inside)
{
	return read_status(pid, proc_text_inside, inside);
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
	proc_text_comm(text, (size_t)length, comm);
	return 0;
}

/* Whether a thread of a process has not ended. */
static bool goes_on(pid_t pid, pid_t tid)
{
	struct proc_stat stat;

	return !proc_stat(pid, tid, &stat) && !stat.dead;
}

/* The thread whose files tell of a process. */
pid_t proc_speaker(pid_t pid)
{
	struct pid_list tids = {0};
	pid_t speaker = pid;

	/* The first thread of a process that goes on may have ended: it stays, as a zombie. */
	if (!goes_on(pid, pid) && !proc_threads(pid, &tids))
		for (size_t i = 0; i < tids.count && speaker == pid; i++)
			if (tids.pid[i] != pid && goes_on(pid, tids.pid[i]))
				speaker = tids.pid[i];
	pid_list_clear(&tids);
	return speaker;
}

/* Whether a process has ended. */
bool proc_is_over(pid_t pid, const struct proc_stat *stat)
{
	return stat->dead && proc_speaker(pid) == pid;
}

/* The same, asked of /proc. */
int proc_ended(pid_t pid, bool *ended)
{
	struct proc_stat stat;
	int err = proc_stat(pid, pid, &stat);

	if (!err)
		*ended = proc_is_over(pid, &stat);
	return err;
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
	char path[PATH_MAX];
	int found;

	proc_path(path, "%d/exe", pid);
	found = elf_bits(path);
	/* A main thread that has ended has no program any more, the others still do. */
	if (found == -ESRCH) {
		proc_path(path, "%d/exe", proc_speaker(pid));
		found = elf_bits(path);
	}
	if (found < 0)
		return found;
	*bits = found;
	return 0;
}

/* Adds all processes. */
int proc_processes(struct pid_list *pids)
{
	char path[PATH_MAX];

	proc_path(path, ".");
	return proc_numbers(path, pids);
}

/* Adds the threads of a process. */
int proc_threads(pid_t pid, struct pid_list *tids)
{
	char path[PATH_MAX];

	proc_path(path, "%d/task", pid);
	return proc_numbers(path, tids);
}

/* How many threads a process has now: the links of the folder of its threads are as many, and two.
 * 0: it is gone. */
unsigned int proc_thread_count(pid_t pid)
{
	char path[PATH_MAX];
	struct stat folder;

	proc_path(path, "%d/task", pid);
	return stat(path, &folder) || folder.st_nlink < 2 ? 0 : (unsigned int)folder.st_nlink - 2;
}

/* A process and its parent. */
struct child {
	pid_t parent, pid;
	bool found; /* numbers are used again while they are read: nobody is twice in a family */
};

/* Orders children by their parents, for qsort. */
static int by_parent(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	return (x->parent > y->parent) - (x->parent < y->parent);
}

/* Whether a child has a parent before that one. */
static bool is_before(const void *child, const void *parent)
{
	return ((const struct child *)child)->parent < *(const pid_t *)parent;
}

/* The first of the children, ordered by parents, whose parent is not below `parent`. */
static size_t first_child(const struct child *child, size_t count, pid_t parent)
{
	return search_place(child, count, sizeof(*child), &parent, is_before);
}

/* Adds all that descend from `pid`, among the children ordered by parents, to the list. */
static void add_family(pid_t pid, struct child *child, size_t count, struct pid_list *pids)
{
	size_t next = pids->count;

	for (;;) {
		for (size_t i = first_child(child, count, pid); i < count && child[i].parent == pid;
		     i++) {
			if (!child[i].found)
				pid_list_add(pids, child[i].pid);
			child[i].found = true;
		}
		if (next == pids->count)
			return;
		pid = pids->pid[next++];
	}
}

/* Adds the processes that descend from `pid` now, ourselves excepted. */
int proc_descendants(pid_t pid, struct pid_list *pids)
{
	struct pid_list all = {0};
	struct child *child;
	size_t count = 0;
	int err = proc_processes(&all);

	child = xcalloc(all.count + 1, sizeof(*child));
	for (size_t i = 0; i < all.count; i++) {
		struct proc_stat stat;

		/* Neither one that is gone in the meantime nor we are of a family. */
		if (all.pid[i] == pid || all.pid[i] == getpid() ||
		    proc_stat(all.pid[i], all.pid[i], &stat))
			continue;
		child[count++] = (struct child){.parent = stat.ppid, .pid = all.pid[i]};
	}
	qsort(child, count, sizeof(*child), by_parent);
	if (!err)
		add_family(pid, child, count, pids);
	free(child);
	pid_list_clear(&all);
	return err;
}

/* The same of an open file, which is closed; fd may be a -errno. */
static int read_call(int fd, struct proc_call *call)
{
	char text[PROC_TEXT_MAX];
	int length;

	if (fd < 0)
		return fd;
	length = proc_read_line(fd, text);
	close(fd);
	return length < 0 ? length : proc_text_call(text, call);
}

/* The system call that a thread is blocked in. */
int proc_call(pid_t pid, pid_t tid, struct proc_call *call)
{
	return read_call(open_of_thread(pid, tid, "syscall"), call);
}

/* The same of a thread in that folder. */
int proc_call_at(int tasks, pid_t tid, struct proc_call *call)
{
	return read_call(open_in_tasks(tasks, tid, "syscall"), call);
}

/* Whether a blocked thread sleeps in poll, as far as the kernel names its functions. */
bool proc_waits_in_poll(pid_t pid, pid_t tid)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];

	proc_path(path, "%d/task/%d/wchan", pid, tid);
	return proc_read(path, text) > 0 && strstr(text, "poll");
}

/* Whether a thread sleeps in a freezer of cgroups, as far as the kernel names its functions. */
bool proc_is_frozen(pid_t pid, pid_t tid)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];

	proc_path(path, "%d/task/%d/wchan", pid, tid);
	/* do_freezer_trap() may be part of get_signal(), in which else nobody sleeps but is
	 * stopped. */
	return proc_read(path, text) > 0 &&
	       (strstr(text, "do_freezer_trap") || strstr(text, "get_signal") ||
		strstr(text, "refrigerator"));
}

/* One more than the largest pid there can be, or -errno. */
int proc_pid_max(void)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	int length, pid_max, err;

	proc_path(path, "sys/kernel/pid_max");
	length = proc_read(path, text);
	if (length < 0)
		return length;
	err = proc_text_positive(text, &pid_max);
	return err ? err : pid_max;
}
