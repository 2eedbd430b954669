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
#include <sys/syscall.h>

#include "kernel/adopt.h"
#include "kernel/collector.h"
#include "base/log.h"
#include "base/notes.h"
#include "books/ops.h"
#include "proc/proc.h"

struct adopter {
	struct collector *collector;
	uint8_t tty_major[MAX_TTY_MAJOR];
	struct pid_list unseen; /* processes that /proc tells us too little about */
};

/* The op of the system call that /proc found a thread in. */
static unsigned int op_in_progress(const struct adopter *a, pid_t pid, const struct proc_call *call)
{
	unsigned int op = op_of_nr(call->nr);
	bool waits;

	if (!ops[op].traits.fd_decides)
		return op;
	return !proc_fd_waits(pid, call->arg[0], a->tty_major, &waits) && waits ? op : OP_APP;
}

/* Seeds a thread of which we may know only whether it sleeps, and remembers its process. */
static void seed_unseen(struct adopter *a, pid_t pid, pid_t tid, const struct proc_stat *stat)
{
	if (!pid_list_has(&a->unseen, pid))
		pid_list_add(&a->unseen, pid);
	if (stat->state != 'R')
		collector_seed_thread(a->collector, tid, OP_UNKNOWN, PHASE_WAIT, 0);
}

/* Seeds a thread from /proc; nothing is said about one that is running, its next event will tell.
 */
static void seed(struct adopter *a, pid_t pid, pid_t tid)
{
	struct proc_call call;
	struct proc_stat stat;
	unsigned int op = OP_APP;
	int err;

	if (proc_stat(tid, &stat))
		return;
	/* It makes no system calls, so that no event would tell. */
	if (stat.io_worker) {
		collector_seed_thread(a->collector, tid, OP_WORKER,
				      stat.state == 'R' ? PHASE_UNKNOWN : PHASE_WAIT, 0);
		return;
	}
	err = proc_call(pid, tid, &call);
	if (err == -EPERM || err == -EACCES)
		seed_unseen(a, pid, tid, &stat);
	if (err || call.where == PROC_RUNNING)
		return;
	if (proc_stat(tid, &stat) || stat.state == 'R')
		return;
	if (call.where == PROC_IN_CALL)
		op = op_in_progress(a, pid, &call);
	if (call.nr == SYS_restart_syscall && proc_waits_in_poll(pid, tid))
		op = op_of_name("poll");
	collector_seed_thread(a->collector, tid, op, PHASE_WAIT,
			      call.arg[ops[op].traits.kept ?: 1]);
}

/* Whether the thread has died: then its last event may have come before its books were opened. */
static bool is_dead(pid_t tid)
{
	struct proc_stat stat;

	return proc_stat(tid, &stat) || stat.state == 'Z' || stat.state == 'X';
}

/* Adds one thread that is not traced yet and seeds it: 1, 0 if there is nothing to add, or -errno.
 */
static int adopt_thread(struct adopter *a, pid_t pid, pid_t tid)
{
	int err;

	if (is_dead(tid) || collector_has_thread(a->collector, tid))
		return 0;
	err = collector_add_thread(a->collector, pid, tid);
	if (err) /* that there was no room for it has been counted */
		return err == -EEXIST || err == -ENOSPC ? 0 : err;
	if (is_dead(tid)) {
		collector_drop_thread(a->collector, tid);
		return 0;
	}
	seed(a, pid, tid);
	return 1;
}

/* Adds the threads of one process that are not traced yet; their number or -errno. */
static int adopt_threads(struct adopter *a, pid_t pid)
{
	struct pid_list tids = {0};
	int added = 0, got = proc_threads(pid, &tids);

	for (size_t i = 0; i < tids.count && got >= 0; i++) {
		got = adopt_thread(a, pid, tids.pid[i]);
		added += got > 0;
	}
	pid_list_clear(&tids);
	return got < 0 && got != -ESRCH ? got : added;
}

/*
 * Adds all threads of one process. A thread that was born by one that is not traced yet is found in
 * the next listing, so a listing that adds nothing ends it: then every parent is traced.
 */
static int adopt_all_threads(struct adopter *a, pid_t pid)
{
	int total = 0, added;

	do {
		added = adopt_threads(a, pid);
		if (added < 0)
			return added;
		total += added;
	} while (added);
	return total;
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

/* Says what is not known of processes that we may not look into. */
static void tell_unseen(struct adopter *a, struct notes *notes)
{
	size_t count = a->unseen.count;

	if (count == 1)
		notes_warn(notes,
			   "pid %d: without CAP_SYS_PTRACE it cannot be seen what its threads were "
			   "blocked in: until their next call that is app",
			   a->unseen.pid[0]);
	else if (count)
		notes_warn(
			notes,
			"pid %d and %zu more: without CAP_SYS_PTRACE it cannot be seen what their "
			"threads were blocked in: until their next call that is app",
			a->unseen.pid[0], count - 1);
	pid_list_clear(&a->unseen);
}

/* Adds every thread of the process and of its descendants. */
int adopt_process(struct collector *c, pid_t pid, bool descendants, struct notes *notes)
{
	struct adopter a = {.collector = c};
	int total, added, err = proc_tty_majors(a.tty_major);

	if (err)
		return err;
	total = adopt_all_threads(&a, pid);
	/* As with threads: whoever was forked by a process not yet traced shows in the next pass.
	 */
	for (added = total; descendants && added > 0; total += added) {
		added = adopt_descendants(&a, pid);
		if (added < 0) {
			total = added;
			break;
		}
	}
	tell_unseen(&a, notes);
	return total;
}
