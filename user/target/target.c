/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * target.c - from the pids that the user gave to processes that can be traced.
 *
 * What goes in: pids. What comes out: targets with a pidfd each, or one line that says which
 * pid is no target and why. If one of several is none, nothing is traced: whoever named it wanted
 * it in the report, and a report without it would be taken for the whole.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "proc/proc.h"
#include "target/target.h"
#include "base/xalloc.h"

/* Newer than some C libraries that we build with; the number is the same on every architecture. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum verdict {
	VERDICT_GOOD,
	VERDICT_BAD,	/* not to be traced; a line says why */
	VERDICT_32_BIT, /* nothing is said yet */
};

/* Says why a pid is no target. */
static enum verdict refuse(pid_t pid, const char *why)
{
	log_error("pid %d: %s", pid, why);
	return VERDICT_BAD;
}

/* Says why nothing can be known about a pid; err is a -errno. */
static enum verdict refuse_error(pid_t pid, int err)
{
	return refuse(pid, err == -ESRCH || err == -ENOENT ? "no such process" : strerror(-err));
}

/* Whether the number is that of a process, and not of ours. */
static enum verdict check_number(pid_t pid)
{
	pid_t tgid;
	int err = proc_tgid(pid, &tgid);

	if (err)
		return refuse_error(pid, err);
	if (tgid == getpid())
		return refuse(pid, "that is iophase itself");
	if (tgid != pid) {
		log_error("pid %d: a thread of process %d; use -p %d (-t shows threads)", pid, tgid,
			  tgid);
		return VERDICT_BAD;
	}
	return VERDICT_GOOD;
}

/* Whether the process, to which the target holds a pidfd, can be traced. */
static enum verdict check_process(struct target *target)
{
	struct proc_stat stat;
	pid_t pid = target->pid;
	bool ended;
	int bits = 64, err = proc_stat(pid, pid, &stat);

	err = err ?: proc_ended(pid, &ended);
	err = err ?: proc_comm(pid, pid, target->comm);
	if (err)
		return refuse_error(pid, err);
	if (stat.kernel_thread)
		return refuse(pid, "a kernel thread; it makes no system calls");
	if (ended)
		return refuse(pid, "a zombie; it has ended and waits for its parent to notice");
	/* If we may not look at the program, take it for what nearly all are. */
	err = proc_bits(pid, &bits);
	if (err)
		log_info("pid %d: cannot tell whether it is 32-bit: %s", pid, strerror(-err));
	return bits == 32 ? VERDICT_32_BIT : VERDICT_GOOD;
}

/* Checks one pid and opens its pidfd, which the caller closes whatever the verdict. */
static enum verdict open_target(struct target *target, pid_t pid)
{
	enum verdict verdict = check_number(pid);

	*target = (struct target){.pid = pid, .pidfd = -1};
	if (verdict != VERDICT_GOOD)
		return verdict;
	/* Open first: what is then read in /proc is about the process that the pidfd stands for. */
	target->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (target->pidfd < 0)
		return refuse_error(pid, -errno);
	return check_process(target);
}

/* Leaves the 32-bit processes out; 0, or the exit code if none is left. */
static int drop_32_bit(struct target_list *list, const enum verdict *verdict)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct target target = list->target[i];

		if (verdict[i] == VERDICT_GOOD) {
			list->target[kept++] = target;
			continue;
		}
		log_warn("pid %d: a 32-bit process, not traced: its system calls are not seen",
			 target.pid);
		close(target.pidfd);
	}
	list->count = kept;
	return kept ? 0 : EXIT_UNABLE;
}

/* Checks the pids and opens their pidfds; 0 or the exit code. */
int targets_open(struct target_list *list, const pid_t *pid, size_t count)
{
	enum verdict *verdict = xcalloc(count, sizeof(*verdict));
	int exit_code = 0;

	*list = (struct target_list){.target = xcalloc(count, sizeof(*list->target))};
	while (!exit_code && list->count < count) {
		size_t i = list->count++;

		verdict[i] = open_target(&list->target[i], pid[i]);
		if (verdict[i] == VERDICT_BAD)
			exit_code = EXIT_FAILED;
	}
	if (!exit_code)
		exit_code = drop_32_bit(list, verdict);
	if (exit_code)
		targets_close(list);
	free(verdict);
	return exit_code;
}

/* Closes the pidfds and leaves an empty list. */
void targets_close(struct target_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->target[i].pidfd >= 0)
			close(list->target[i].pidfd);
	free(list->target);
	*list = (struct target_list){0};
}
