/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_text.h - the texts of files under /proc, read. Pure: no file is opened here.
 *
 * Texts are strings. Functions return 0, or -EPROTO for what the kernel does not write, and then
 * leave their results as they were.
 */
#ifndef IOPHASE_PROC_TEXT_H
#define IOPHASE_PROC_TEXT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/types.h"

/* What /proc/PID/task/TID/stat says. */
struct proc_stat {
	char state; /* R running, S sleeping, D disk, Z zombie ... */
	pid_t ppid;
	uint32_t start; /* when it was started, in ticks since boot: tells who has the number */
	bool dead;	/* a zombie, or on its way out of /proc: it has had its event */
	bool exiting;	/* on its way to be one; its event may have come */
	bool kernel_thread;
	bool io_worker;	     /* a thread that io_uring made: an io-wq worker, or a ring's own */
	char comm[COMM_LEN]; /* its name, any bytes, filled up with zeros; it ends in one */
};

/* /proc/PID/task/TID/stat. */
int proc_text_stat(const char *text, struct proc_stat *stat);

/* /proc/PID/status: the process that a thread belongs to. */
int proc_text_tgid(const char *text, pid_t *tgid);

/* The same: the effective user of a process. */
int proc_text_user(const char *text, uid_t *user);

/*
 * The same: its pid in its own pid namespace, the innermost that it is in; 0 if that is the same
 * number as here.
 */
int proc_text_inside(const char *text, pid_t *inside);

enum proc_where {
	PROC_RUNNING,	/* on a CPU or waiting for one */
	PROC_ELSEWHERE, /* blocked, but in no system call: a page fault ... */
	PROC_IN_CALL,	/* blocked in a system call */
};

/* The system call that a thread is blocked in. */
struct proc_call {
	enum proc_where where;
	int nr; /* PROC_IN_CALL: the number of the call */
	uint64_t arg[6];
};

/* /proc/PID/task/TID/syscall. */
int proc_text_call(const char *text, struct proc_call *call);

/* /proc/PID/task/TID/comm, of any bytes; filled up with zeros, it ends in one. */
void proc_text_comm(const char *text, size_t length, char comm[COMM_LEN]);

/* A file of one positive number, such as /proc/sys/kernel/pid_max. */
int proc_text_positive(const char *text, int *number);

/* What /proc/PID/fd/N leads to, if it is a socket: its inode. */
int proc_text_socket(const char *link, uint64_t *inode);

/* The number that the name of a file is, or -1. */
int proc_text_number(const char *name);

#endif
