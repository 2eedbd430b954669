/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * adopt.c - see adopt.h.
 *
 * What goes in: /proc of the processes to trace. What comes out: threads added to the collector and
 * seeded. The order makes it exact: first the thread's books are opened, so that no event is
 * missed; then /proc is read. If no event came in between, what /proc says has been so from the
 * start; if one came, the kernel half knows better and does not look at the seed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/adopt.h"
#include "kernel/call_seed.h"
#include "kernel/collector.h"
#include "kernel/guards.h"
#include "kernel/rights.h"
#include "base/log.h"
#include "base/notes.h"
#include "books/ops.h"
#include "proc/proc.h"
#include "proc/proc_view.h"

enum {
	THREADS_PER_SLICE = 32, /* between two looks whether we are to stop */
};

struct adopter {
	struct collector *collector;
	const struct adopt_stop *stop;
	struct pid_list unseen; /* processes that /proc tells us too little about */
	struct pid_list
		exiting; /* added while they were dying: their last event may have come before */
	pid_t pid;	 /* the process that they are of, */
	int tasks;	 /* and the folder of its threads */
	bool frozen;	 /* its first thread is, so that each of them is looked at */
	pid_t family;	 /* the process that was asked for */
	bool full;	 /* there was no room for some, which has been counted */
};

/* The op of the system call that /proc found a thread in. */
static unsigned int op_in_progress(const struct adopter *a, pid_t tid, const struct proc_call *call)
{
	unsigned int op = op_of_nr(call->nr);
	enum proc_file kind, to;

	if (!ops[op].traits.fd_decides)
		return op;
	if (proc_fd_kind(a->pid, tid, (int)call->arg[0], &kind) || kind == PROC_FILE_NO_WAIT)
		return OP_APP;
	/* As splice_op() in bpf/own.bpf.h: who has filled a pipe is not known here. */
	if (op == OP_SPLICE && kind == PROC_FILE_PIPE &&
	    !proc_fd_kind(a->pid, tid, (int)call->arg[2], &to) && to == PROC_FILE_WAITS)
		return OP_SPLICE_WRITE;
	return op;
}

/* Seeds a thread of which we may know only whether it sleeps, and remembers its process. */
static void seed_unseen(struct adopter *a, pid_t tid, const struct proc_stat *stat)
{
	if (!pid_list_has(&a->unseen, a->pid))
		pid_list_add(&a->unseen, a->pid);
	if (stat->state != 'R')
		collector_seed_thread(a->collector, tid, OP_UNKNOWN, PHASE_WAIT, &call_seed_none);
}

/* Whether a thread is stopped: by a signal, by its tracer, or by a freezer. */
static bool is_stopped(const struct adopter *a, pid_t tid, const struct proc_stat *stat)
{
	return strchr("Tt", stat->state) || (a->frozen && proc_is_frozen(a->pid, tid));
}

/* Seeds a thread that is stopped: its call has ended, though /proc may still tell of it, and will
 * be made again, or, if it was a poll with a time limit, gone on with. */
static void seed_stopped(const struct adopter *a, pid_t tid, const struct proc_call *call)
{
	unsigned int op = call->where == PROC_IN_CALL ? op_of_nr(call->nr) : OP_APP;

	collector_seed_stopped(a->collector, tid, op == op_of_name("poll") ? op : OP_APP);
}

/*
 * Seeds a thread by what /proc has told: first of its call, then of its state. Nothing is said
 * about one that is running, its next event will tell.
 */
static void seed(const struct adopter *a, pid_t tid, const struct proc_call *call,
		 const struct proc_stat *stat)
{
	struct call_seed known;
	unsigned int op = OP_APP;

	/* It makes no system calls, so that no event would tell. */
	if (stat->io_worker) {
		collector_seed_thread(a->collector, tid, OP_WORKER,
				      stat->state == 'R' ? PHASE_UNKNOWN : PHASE_WAIT,
				      &call_seed_none);
		return;
	}
	if (is_stopped(a, tid, stat)) {
		seed_stopped(a, tid, call);
		return;
	}
	if (call->where == PROC_RUNNING || stat->state == 'R')
		return;
	if (call->where == PROC_IN_CALL)
		op = op_in_progress(a, tid, call);
	if (call->nr == SYS_restart_syscall && proc_waits_in_poll(a->pid, tid))
		op = op_of_name("poll");
	known = call_seed_of(a->pid, tid, op, call);
	collector_seed_thread(a->collector, tid, op, PHASE_WAIT, &known);
}

/*
 * Looks what a thread is doing whose books have just been opened, and seeds it: 1. One that is gone
 * by now is taken out again, 0: its last event may have come before its books were opened. `fd` is
 * its open stat, which cannot become another thread's.
 */
static int look(struct adopter *a, const struct thread_id *id, int fd)
{
	struct proc_call call = {.where = PROC_RUNNING};
	struct proc_stat stat;
	int err;

	/* If we may not know its call, its state still tells whether it is there. */
	err = proc_call_at(a->tasks, id->tid, &call);
	if (proc_stat_read(fd, &stat) || stat.dead || stat.start != id->start) {
		collector_drop_thread(a->collector, id->tid);
		return 0;
	}
	if (stat.exiting)
		pid_list_add(&a->exiting, id->tid);
	/* From when its books were opened, an event tells of its next name. */
	collector_name_thread(a->collector, id->tid, stat.comm);
	if ((err == -EPERM || err == -EACCES) && !stat.io_worker)
		seed_unseen(a, id->tid, &stat);
	else
		seed(a, id->tid, &call, &stat);
	return 1;
}

/* Adds the thread whose stat is open: 1, 0 if there is nothing to add, or -errno. */
static int adopt_open(struct adopter *a, pid_t tid, int fd)
{
	struct thread_id id = {.pid = a->pid, .tid = tid, .family = a->family};
	struct proc_stat stat;
	int err;

	/* What comes of one that is on its way out is nobody's. */
	if (proc_stat_read(fd, &stat) || stat.dead || stat.exiting)
		return 0;
	id.parent = stat.ppid;
	id.start = stat.start;
	err = collector_add_thread(a->collector, &id);
	a->full |= err == -ENOSPC;
	if (err)
		return err == -EEXIST || err == -ENOSPC ? 0 : err;
	return look(a, &id, fd);
}

/* Adds one thread that is not traced yet and seeds it: 1, 0 if there is nothing to add, or -errno.
 */
static int adopt_thread(struct adopter *a, pid_t tid)
{
	int added, fd;

	if (collector_has_thread(a->collector, tid))
		return 0;
	fd = proc_stat_open_at(a->tasks, tid);
	if (fd < 0)
		return 0;
	added = adopt_open(a, tid, fd);
	close(fd);
	return added;
}

/*
 * Takes out those who were dying when they were added, and are dead by now, if the kernel half has
 * not seen it. For who still is not, there is the sweep.
 */
static void drop_exited(struct adopter *a)
{
	for (size_t i = 0; i < a->exiting.count; i++) {
		struct proc_stat stat;

		if (proc_stat(a->pid, a->exiting.pid[i], &stat) || stat.dead)
			collector_drop_thread(a->collector, a->exiting.pid[i]);
	}
	pid_list_clear(&a->exiting);
}

/* Whether we are to stop, which is asked once for a slice of the threads. */
static bool is_to_stop(const struct adopter *a, size_t thread)
{
	return thread % THREADS_PER_SLICE == 0 && a->stop->now(a->stop->arg);
}

/* Adds the threads of one process that are not traced yet; their number or -errno. */
static int adopt_threads(struct adopter *a)
{
	struct pid_list tids = {0};
	int added = 0, got = proc_threads(a->pid, &tids);

	for (size_t i = 0; i < tids.count && got >= 0; i++) {
		got = is_to_stop(a, i) ? -ECANCELED : adopt_thread(a, tids.pid[i]);
		added += got > 0;
	}
	pid_list_clear(&tids);
	return got < 0 && got != -ESRCH ? got : added;
}

/*
 * Adds all threads of one process. A thread that was born by one that is not traced yet is found in
 * the next listing, so a listing that adds nothing ends it: then every parent is traced. So does
 * one that found no room for some: they would only be counted again.
 */
static int adopt_all_threads(struct adopter *a, pid_t pid)
{
	int total = 0, added;

	a->pid = pid;
	a->tasks = proc_tasks_open(pid);
	if (a->tasks < 0)
		return a->tasks == -ESRCH ? 0 : a->tasks;
	a->frozen = proc_is_frozen(pid, pid);
	do {
		added = adopt_threads(a);
		if (added < 0)
			break;
		total += added;
	} while (added && !a->full);
	drop_exited(a);
	close(a->tasks);
	if (total)
		collector_seed_sockets(a->collector, pid);
	return added < 0 ? added : total;
}

/* Whether the system calls of a process cannot be seen; says so. */
static bool is_32_bit(pid_t pid)
{
	int bits;

	if (proc_bits(pid, &bits) || bits != 32)
		return false;
	log_warn("pid %d: a 32-bit process: not traced", pid);
	return true;
}

/* Adds the threads of all descendants alive now; the number added or -errno. */
static int adopt_descendants(struct adopter *a, pid_t pid)
{
	struct pid_list pids = {0};
	int total = 0, got = proc_descendants(pid, &pids);

	for (size_t i = 0; i < pids.count && got >= 0; i++) {
		if (is_32_bit(pids.pid[i]))
			continue;
		got = adopt_all_threads(a, pids.pid[i]);
		total += got > 0 ? got : 0;
	}
	pid_list_clear(&pids);
	return got < 0 && got != -ESRCH ? got : total;
}

/* Writes why we may not know what the threads of a process are blocked in. */
static void explain_unseen(char *why, size_t room, pid_t pid)
{
	unsigned int scope = yama_scope();
	char names[RIGHTS_LEN];

	rights_lacking(names, sizeof(names), rights_effective(), RIGHT_TO_SEE_CALLS);
	if (scope && proc_may_look(pid))
		snprintf(why, room, "with kernel.yama.ptrace_scope at %u%s", scope,
			 scope < YAMA_NOBODY ? " and without CAP_SYS_PTRACE" : "");
	else if (names[0])
		snprintf(why, room, "without %s", names);
	else
		snprintf(why, room, "not permitted, though no capability is lacking:");
}

/* Says what is not known of processes that we may not look into. */
static void tell_unseen(struct adopter *a, struct notes *notes)
{
	size_t count = a->unseen.count;
	char why[192], more[32] = "";

	if (!count)
		return;
	explain_unseen(why, sizeof(why), a->unseen.pid[0]);
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	notes_warn(notes,
		   "pid %d%s: %s it cannot be seen what threads were blocked in: until their next "
		   "call that is app",
		   a->unseen.pid[0], more, why);
	pid_list_clear(&a->unseen);
}

/* Adds every thread of the process and of its descendants. */
int adopt_process(struct collector *c, pid_t pid, bool descendants, const struct adopt_stop *stop,
		  struct notes *notes)
{
	struct adopter a = {.collector = c, .stop = stop, .family = pid};
	int total, added;

	total = adopt_all_threads(&a, pid);
	/* As with threads: whoever was forked by a process not yet traced shows in the next pass.
	 */
	for (added = total; descendants && added > 0; total += added) {
		added = adopt_descendants(&a, pid);
		if (added < 0 || a.full) {
			total = added < 0 ? added : total + added;
			break;
		}
	}
	tell_unseen(&a, notes);
	return total;
}
