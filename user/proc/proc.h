/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc.h - what /proc tells about processes, threads and their descriptors.
 *
 * Functions that return int return 0 or -errno unless they say otherwise, and then leave their
 * results as they were; -ESRCH means that the process or thread is gone.
 */
#ifndef IOPHASE_PROC_H
#define IOPHASE_PROC_H

#include <sys/types.h>

#include "base/types.h"
#include "proc/pids.h"
#include "proc/proc_text.h"

/* Of a thread; of a process by its first one. */
int proc_stat(pid_t pid, pid_t tid, struct proc_stat *stat);

/*
 * Opens what proc_stat() reads, to be read more than once and then closed: the descriptor or
 * -errno. It stays that thread's when another one gets its number.
 */
int proc_stat_open(pid_t pid, pid_t tid);

/* The folder of a process's threads, to be closed: a descriptor or -errno. What is opened in there
 * need not be looked for from the root on, thread by thread. */
int proc_tasks_open(pid_t pid);

/* The same of a thread in that folder. */
int proc_stat_open_at(int tasks, pid_t tid);

/* The same as proc_stat() through such a descriptor. */
int proc_stat_read(int fd, struct proc_stat *stat);

/*
 * Whether the thread that was started at that time is no more: it has left /proc, is a zombie, or
 * its number is another thread's. What cannot be found out is alive.
 */
bool proc_gone(pid_t pid, pid_t tid, uint32_t start);

/* The process that a thread belongs to: its own number, if tid is a process. */
int proc_tgid(pid_t tid, pid_t *tgid);

/* The pid of a process in its own pid namespace; 0 if that is the same as here. */
int proc_inside(pid_t pid, pid_t *inside);

/* The name of a thread, any bytes, filled up with zeros; it ends in one. */
int proc_comm(pid_t pid, pid_t tid, char comm[COMM_LEN]);

/*
 * The thread whose files in /proc tell of a process: the first one, whose tid is the pid; or if
 * that has ended, and with it all that its files said, another one that goes on.
 */
pid_t proc_speaker(pid_t pid);

/* Whether a process has ended of whose first thread that is told: nobody else goes on. */
bool proc_is_over(pid_t pid, const struct proc_stat *stat);

/* Whether the process has ended: it is a zombie, and no other thread of it goes on. */
int proc_ended(pid_t pid, bool *ended);

/* Whether its program is 64-bit (bits 64) or 32-bit, x32 included (bits 32). */
int proc_bits(pid_t pid, int *bits);

/* Adds all processes, in no order. */
int proc_processes(struct pid_list *pids);

/* Adds the threads of a process, in no order, the main thread included. */
int proc_threads(pid_t pid, struct pid_list *tids);

/* How many threads a process has now, without looking at each; 0: it is gone. */
unsigned int proc_thread_count(pid_t pid);

/*
 * Adds the processes that descend from `pid` now, but neither itself nor us, who were started
 * from a shell that may be one of them. Those whose parent has died belong to another one since.
 */
int proc_descendants(pid_t pid, struct pid_list *pids);

/* The system call that a thread is blocked in. */
int proc_call(pid_t pid, pid_t tid, struct proc_call *call);

/* The same of a thread in the folder that proc_tasks_open() has opened. */
int proc_call_at(int tasks, pid_t tid, struct proc_call *call);

/*
 * Whether a blocked thread sleeps in poll: of the calls that go on as restart_syscall, it is the
 * one that waits for I/O.
 */
bool proc_waits_in_poll(pid_t pid, pid_t tid);

/*
 * Whether a thread sleeps in a freezer of cgroups, as it enters on its way back from a call. One
 * that the freezer of cgroup v1 has met asleep in a call, and left there, is not told from others.
 */
bool proc_is_frozen(pid_t pid, pid_t tid);

/* What I/O on a descriptor waits for. */
enum proc_file {
	PROC_FILE_NO_WAIT, /* a disk, or nothing */
	PROC_FILE_WAITS,   /* a peer, an event or a person */
	PROC_FILE_PIPE,	   /* the same, and it is a pipe or FIFO */
};

/*
 * What I/O on a descriptor waits for: the same decision as file_waits() in bpf/files.bpf.h. -ENOENT
 * if it is closed. The thread is asked: a first thread that has ended has no descriptors any more,
 * and the others of its process still do.
 */
int proc_fd_kind(pid_t pid, pid_t tid, int fd, enum proc_file *kind);

/* One more than the largest pid there can be, or -errno. */
int proc_pid_max(void);

#endif
