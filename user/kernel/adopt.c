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
#include "kernel/unseen.h"
#include "base/log.h"
#include "books/ops.h"
#include "proc/proc.h"

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
	bool full;	 /* there was no room for some, which has been counted; */
	pid_t refused;	 /* the first of them */
};

/* What is known of a thread whose books have been opened. */
struct found {
	pid_t tid;
	struct proc_call call;
	struct proc_stat stat;
	enum proc_file kind; /* of the first argument, if the kernel half has told all this */
	bool told;
};

/* The op of the system call that a thread was found in. */
static unsigned int op_in_progress(const struct adopter *a, const struct found *f)
{
	const struct proc_call *call = &f->call;
	unsigned int op = op_of_nr(call->nr);
	enum proc_file kind = f->kind, to;
	pid_t tid = f->tid;

	if (!ops[op].traits.fd_decides)
		return op;
	if (!f->told && proc_fd_kind(a->pid, tid, (int)call->arg[0], &kind))
		return OP_APP;
	if (kind == PROC_FILE_NO_WAIT)
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
 * Seeds a thread by what was told: first of its call, then of its state. Nothing is said about one
 * that is running, its next event will tell.
 */
static void seed(const struct adopter *a, const struct found *f)
{
	const struct proc_call *call = &f->call;
	const struct proc_stat *stat = &f->stat;
	struct call_seed known;
	unsigned int op = OP_APP;
	pid_t tid = f->tid;

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
		op = op_in_progress(a, f);
	if (call->nr == SYS_restart_syscall && proc_waits_in_poll(a->pid, tid))
		op = op_of_name("poll");
	known = call_seed_of(a->pid, tid, op, call);
	collector_seed_thread(a->collector, tid, op, PHASE_WAIT, &known);
}

/* Whether we may not read a file of /proc. */
static bool is_refused(int err)
{
	return err == -EPERM || err == -EACCES;
}

/* Whether a file of /proc could not be opened, or read, since its thread is gone. */
static bool is_gone(int err)
{
	return err == -ENOENT || err == -ESRCH;
}

/*
 * Looks what a thread is doing whose books have just been opened, and seeds it: 1. One that is gone
 * by now is taken out again, 0: its last event may have come before its books were opened. `fd` is
 * its open stat, which cannot become another thread's.
 */
static int look(struct adopter *a, const struct thread_id *id, int fd)
{
	struct found f = {.tid = id->tid, .call.where = PROC_RUNNING};
	int err;

	/* If we may not know its call, its state still tells whether it is there. */
	err = proc_call_at(a->tasks, id->tid, &f.call);
	if (proc_stat_read(fd, &f.stat) || f.stat.dead || f.stat.start != id->start) {
		collector_drop_thread(a->collector, id->tid);
		return 0;
	}
	if (f.stat.exiting)
		pid_list_add(&a->exiting, id->tid);
	/* From when its books were opened, an event tells of its next name. */
	collector_name_thread(a->collector, id->tid, f.stat.comm);
	if (is_refused(err) && !f.stat.io_worker)
		seed_unseen(a, id->tid, &f.stat);
	else
		seed(a, &f);
	return 1;
}

/* Opens the books of a thread: 1, 0 if there is nothing to add, or -errno. */
static int add(struct adopter *a, const struct thread_id *id)
{
	int err = collector_add_thread(a->collector, id);

	a->full |= err == -ENOSPC;
	return !err ? 1 : err == -EEXIST || err == -ENOSPC ? 0 : err;
}

/* Adds the thread whose stat is open: 1, 0 if there is nothing to add, or -errno. */
static int adopt_open(struct adopter *a, pid_t tid, int fd)
{
	struct thread_id id = {.pid = a->pid, .tid = tid, .family = a->family};
	struct proc_stat stat;
	int added;

	/* What comes of one that is on its way out is nobody's. */
	if (proc_stat_read(fd, &stat) || stat.dead || stat.exiting)
		return 0;
	id.parent = stat.ppid;
	id.start = stat.start;
	added = add(a, &id);
	return added > 0 ? look(a, &id, fd) : added;
}

/* Adds one thread that is not traced yet and seeds it: 1, 0 if there is nothing to add, or -errno.
 */
static int adopt_thread(struct adopter *a, pid_t tid)
{
	int added, fd;

	if (tid == a->refused || collector_has_thread(a->collector, tid))
		return 0;
	fd = proc_stat_open_at(a->tasks, tid);
	if (fd < 0)
		return is_gone(fd) ? 0 : fd;
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

/* Names and seeds a thread that the kernel half has told of. */
static void seed_sleeper(const struct adopter *a, const struct sleeper *s)
{
	struct found f = {
		.tid = (pid_t)s->tid,
		.call = {.where = s->nr < 0 ? PROC_ELSEWHERE : PROC_IN_CALL, .nr = s->nr},
		.stat.state = 'S',
		.kind = s->pipe	   ? PROC_FILE_PIPE
			: s->waits ? PROC_FILE_WAITS
				   : PROC_FILE_NO_WAIT,
		.told = true,
	};

	memcpy(f.call.arg, s->arg, sizeof(f.call.arg));
	collector_name_thread(a->collector, f.tid, s->comm);
	seed(a, &f);
}

/* Looks in /proc what a thread is doing that was asleep when its books were opened: 1, 0 if it is
 * gone, or -errno: then it has no books. */
static int look_again(struct adopter *a, const struct thread_id *id)
{
	int fd = proc_stat_open_at(a->tasks, id->tid), there;

	if (fd < 0) {
		collector_drop_thread(a->collector, id->tid);
		return is_gone(fd) ? 0 : fd;
	}
	there = look(a, id, fd);
	close(fd);
	return there;
}

/* Who a thread is that the kernel half has told of. */
static struct thread_id id_of(const struct adopter *a, const struct sleeper *s)
{
	return (struct thread_id){.pid = a->pid,
				  .tid = (pid_t)s->tid,
				  .family = a->family,
				  .parent = (pid_t)s->parent,
				  .start = s->start};
}

/* Seeds those that have been added, by who of them is asleep now; how many are still there, or
 * -errno. */
static int seed_added(struct adopter *a, const struct sleeper_list *added)
{
	struct sleeper_list now = {0};
	int there = 0, err = 0;

	/* Of whom nothing is told, /proc is asked about. */
	(void)collector_sleepers(a->collector, a->pid, &now);
	for (size_t i = 0; i < added->count; i++) {
		const struct thread_id id = id_of(a, &added->sleeper[i]);
		const struct sleeper *s = sleepers_find(&now, added->sleeper[i].tid);

		if (!s || s->start != id.start) {
			int got = look_again(a, &id);

			err = got < 0 ? got : err;
			there += got > 0;
			continue;
		}
		seed_sleeper(a, s);
		there++;
	}
	sleepers_clear(&now);
	return err ? err : there;
}

/*
 * Adds the threads of one process that the kernel half finds asleep, as most of thousands are: it
 * takes a hundredth of what /proc takes. Their number or -errno. As with /proc, their books are
 * opened first, and then what they are asleep in is told.
 */
static int adopt_sleepers(struct adopter *a)
{
	struct sleeper_list list = {0};
	struct proc_call call;
	size_t added = 0;
	int got = 0;

	/* Who is frozen is asleep in a call that is over; and whom we may not look into, we do not.
	 */
	if (a->frozen || is_refused(proc_call_at(a->tasks, a->pid, &call)) ||
	    collector_sleepers(a->collector, a->pid, &list))
		list.count = 0;
	for (size_t i = 0; i < list.count && got >= 0 && !a->full; i++) {
		const struct thread_id id = id_of(a, &list.sleeper[i]);

		got = is_to_stop(a, i) ? -ECANCELED : add(a, &id);
		if (a->full)
			a->refused = id.tid;
		if (got > 0)
			list.sleeper[added++] = list.sleeper[i];
	}
	list.count = added;
	if (got >= 0)
		got = added ? seed_added(a, &list) : 0;
	sleepers_clear(&list);
	return got;
}

/*
 * Adds all threads of one process. A thread that was born by one that is not traced yet is found in
 * the next listing, so a listing that adds nothing ends it: then every parent is traced. So does
 * one that found no room for some: they would only be counted again.
 */
static int adopt_all_threads(struct adopter *a, pid_t pid)
{
	int total, added;

	a->pid = pid;
	a->tasks = proc_tasks_open(pid);
	if (a->tasks < 0)
		return a->tasks == -ESRCH ? 0 : a->tasks;
	a->frozen = proc_is_frozen(pid, pid);
	total = added = adopt_sleepers(a);
	while (added >= 0) {
		added = adopt_threads(a);
		if (added <= 0)
			break;
		total += added;
		if (a->full)
			break;
	}
	drop_exited(a);
	close(a->tasks);
	if (total > 0)
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
	unseen_tell(&a.unseen, notes);
	pid_list_clear(&a.unseen);
	return total;
}
