/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc.c - what /proc tells about processes, threads and their descriptors.
 *
 * What goes in: the number of a process, thread or descriptor. What comes out: plain data. Anything
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

#include "proc.h"
#include "xalloc.h"

enum {
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, linux/sched.h */
	SMALL_FILE = 4096,	    /* longer than any of the files that are read whole */
};

/* uapi/linux/eventpoll.h */
#define EDGE_TRIGGERED (1U << 31)

const char *proc_root = "/proc";

/* Adds a pid. */
void pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->pid = xrealloc(list->pid, list->room, sizeof(*list->pid));
	}
	list->pid[list->count++] = pid;
}

/* Whether the list holds a pid. */
bool pid_list_has(const struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->pid[i] == pid)
			return true;
	return false;
}

/* Frees the pids and leaves an empty list. */
void pid_list_clear(struct pid_list *list)
{
	free(list->pid);
	*list = (struct pid_list){0};
}

/* Writes the path of something under /proc. */
static void __attribute__((format(printf, 2, 3)))
proc_path(char path[PATH_MAX], const char *format, ...)
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
static int proc_error(void)
{
	return errno == ENOENT ? -ESRCH : -errno;
}

/* Reads a small file whole, as a string; returns its length or -errno. */
static int read_small(const char *path, char text[SMALL_FILE])
{
	int length = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return proc_error();
	for (;;) {
		ssize_t got = read(fd, text + length, (size_t)(SMALL_FILE - 1 - length));

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

/* What /proc/TID/stat says. */
int proc_stat(pid_t tid, struct proc_stat *stat)
{
	char path[PATH_MAX], text[SMALL_FILE], state;
	const char *fields;
	unsigned int flags;
	pid_t ppid;
	int length;

	proc_path(path, "%d/stat", tid);
	length = read_small(path, text);
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
	};
	return 0;
}

/* The process that a thread belongs to. */
int proc_tgid(pid_t tid, pid_t *tgid)
{
	char path[PATH_MAX], text[SMALL_FILE];
	const char *line;
	int length;

	proc_path(path, "%d/status", tid);
	length = read_small(path, text);
	if (length < 0)
		return length;
	/* The kernel escapes newlines in the name here, so that this can be no part of it. */
	line = strstr(text, "\nTgid:");
	return line && sscanf(line, "\nTgid: %d", tgid) == 1 ? 0 : -EPROTO;
}

/* The name of a thread, filled up with zeros. */
int proc_comm(pid_t pid, pid_t tid, char comm[COMM_LEN])
{
	char path[PATH_MAX], text[SMALL_FILE];
	int length;

	proc_path(path, "%d/task/%d/comm", pid, tid);
	length = read_small(path, text);
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

/* The number that a file name is, or -1. */
static int number_of(const char *name)
{
	char *end;
	long number;

	if (*name < '0' || *name > '9')
		return -1;
	number = strtol(name, &end, 10);
	return *end || number > INT_MAX ? -1 : (int)number;
}

/* Adds all numbers that are names of files in a directory; 0 or -errno. */
static int list_numbers(const char *path, struct pid_list *numbers)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int err;

	if (!dir)
		return proc_error();
	while (errno = 0, entry = readdir(dir))
		if (number_of(entry->d_name) >= 0)
			pid_list_add(numbers, number_of(entry->d_name));
	err = errno ? proc_error() : 0;
	closedir(dir);
	return err;
}

/* Adds the threads of a process. */
int proc_threads(pid_t pid, struct pid_list *tids)
{
	char path[PATH_MAX];

	proc_path(path, "%d/task", pid);
	return list_numbers(path, tids);
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

/* Adds the processes that descend from `pid` now. */
int proc_descendants(pid_t pid, struct pid_list *pids)
{
	struct pid_list all = {0}, parents = {0}, family = {0};
	char path[PATH_MAX];
	int err;

	proc_path(path, ".");
	err = list_numbers(path, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct proc_stat stat = {0};

		/* One that is gone in the meantime has no parent. */
		pid_list_add(&parents, proc_stat(all.pid[i], &stat) ? 0 : stat.ppid);
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
	char path[PATH_MAX], text[SMALL_FILE];
	struct proc_call found = {.where = PROC_IN_CALL};
	uint64_t *arg = found.arg;
	int length;

	proc_path(path, "%d/task/%d/syscall", pid, tid);
	length = read_small(path, text);
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

/* Counts the registrations of one epoll descriptor; 0 or -errno. */
static int count_registrations(pid_t pid, int fd, struct proc_epoll *epoll)
{
	char path[PATH_MAX], *line = NULL;
	unsigned int events;
	size_t room = 0;
	FILE *file;

	proc_path(path, "%d/fdinfo/%d", pid, fd);
	file = fopen(path, "re");
	if (!file)
		return proc_error();
	while (getline(&line, &room, file) > 0) {
		if (sscanf(line, "tfd: %*d events: %x", &events) != 1)
			continue;
		if (events & EDGE_TRIGGERED)
			epoll->edge_triggered++;
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
	struct pid_list fds = {0};
	int err;

	proc_path(path, "%d/fd", pid);
	err = list_numbers(path, &fds);
	for (size_t i = 0; !err && i < fds.count; i++) {
		/* One that was closed in the meantime watches nothing. */
		if (!fd_link(pid, fds.pid[i], link) && !strcmp(link, "anon_inode:[eventpoll]"))
			count_registrations(pid, fds.pid[i], &found);
	}
	pid_list_clear(&fds);
	if (!err)
		*epoll = found;
	return err;
}

/* How the epoll sets of a process watch most files, WAY_NONE if none or not to be known. */
enum way proc_epoll_way(pid_t pid)
{
	struct proc_epoll epoll;

	if (proc_epoll(pid, &epoll) || !(epoll.level_triggered + epoll.edge_triggered))
		return WAY_NONE;
	return epoll.edge_triggered > epoll.level_triggered ? WAY_EPOLL_ET : WAY_EPOLL_LT;
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

/* One more than the largest pid there can be, or -errno. */
int proc_pid_max(void)
{
	char path[PATH_MAX], text[SMALL_FILE];
	int length, pid_max;

	proc_path(path, "sys/kernel/pid_max");
	length = read_small(path, text);
	if (length < 0)
		return length;
	return sscanf(text, "%d", &pid_max) == 1 && pid_max > 0 ? pid_max : -EPROTO;
}
