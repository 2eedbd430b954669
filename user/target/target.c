/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * target.c - from the pids that the user gave to processes that can be traced.
 *
 * What goes in: pids. What comes out: targets with a pidfd each, or one line that says which
 * pid is no target and why. What has ended since its pid was looked up, as a worker of a server
 * may, is left out with a line, and so is what cannot be traced; what never was a process to trace
 * is a mistake, and ends it all.
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

/* What is found out about a pid. */
enum verdict {
	VERDICT_GOOD,
	VERDICT_BAD,	/* not to be traced; a line has said why */
	VERDICT_GONE,	/* of no process any more, */
	VERDICT_UNABLE, /* or of one that cannot be traced: no line has said why yet */
};

/* A pid that the user gave, and what was found out about it. */
struct candidate {
	struct target target;
	enum verdict verdict;
	const char *why; /* it is gone, or cannot be traced */
};

/* Says why a pid is no target. */
static enum verdict refuse(pid_t pid, const char *why)
{
	log_error("pid %d: %s", pid, why);
	return VERDICT_BAD;
}

/* Notes why a pid is left out. */
static enum verdict leave_out(struct candidate *c, enum verdict verdict, const char *why)
{
	c->why = why;
	return verdict;
}

/* Why nothing can be known about a pid; err is a -errno. */
static enum verdict judge_error(struct candidate *c, int err)
{
	if (err == -ESRCH || err == -ENOENT)
		return leave_out(c, VERDICT_GONE, "no such process");
	return refuse(c->target.pid, strerror(-err));
}

/* Whether the number is that of a process, and not of ours. */
static enum verdict check_number(struct candidate *c)
{
	pid_t pid = c->target.pid, tgid;
	int err = proc_tgid(pid, &tgid);

	if (err)
		return judge_error(c, err);
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
static enum verdict check_process(struct candidate *c)
{
	struct proc_stat stat;
	pid_t pid = c->target.pid;
	bool ended;
	int bits = 64, err = proc_stat(pid, pid, &stat);

	err = err ?: proc_ended(pid, &ended);
	err = err ?: proc_comm(pid, pid, c->target.comm);
	if (err)
		return judge_error(c, err);
	if (stat.kernel_thread)
		return refuse(pid, "a kernel thread; it makes no system calls");
	if (ended)
		return leave_out(c, VERDICT_GONE,
				 "a zombie; it has ended and waits for its parent to notice");
	/* If we may not look at the program, take it for what nearly all are. */
	err = proc_bits(pid, &bits);
	if (err)
		log_info("pid %d: cannot tell whether it is 32-bit: %s", pid, strerror(-err));
	if (bits == 32)
		return leave_out(c, VERDICT_UNABLE,
				 "a 32-bit process, whose system calls are not seen");
	return VERDICT_GOOD;
}

/* Checks one pid and opens its pidfd, which the caller closes whatever the verdict. */
static void check(struct candidate *c, pid_t pid)
{
	c->target = (struct target){.pid = pid, .pidfd = -1};
	c->verdict = check_number(c);
	if (c->verdict != VERDICT_GOOD)
		return;
	/* Open first: what is then read in /proc is about the process that the pidfd stands for. */
	c->target.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	c->verdict = c->target.pidfd < 0 ? judge_error(c, -errno) : check_process(c);
}

/* Takes what is good into the list, and says what is left out; 0, or the exit code if none is good.
 */
static int choose(struct target_list *list, struct candidate *candidate, size_t count)
{
	int exit_code = EXIT_FAILED;

	for (size_t i = 0; i < count; i++)
		if (candidate[i].verdict == VERDICT_GOOD)
			list->target[list->count++] = candidate[i].target;
	for (size_t i = 0; i < count; i++) {
		const struct candidate *c = &candidate[i];

		if (c->verdict == VERDICT_GOOD)
			continue;
		if (c->verdict == VERDICT_UNABLE)
			exit_code = EXIT_UNABLE;
		log_warn("pid %d: %s%s", c->target.pid, c->why,
			 list->count ? "; the others are traced" : "");
		if (c->target.pidfd >= 0)
			close(c->target.pidfd);
	}
	return list->count ? 0 : exit_code;
}

/* Closes the pidfds of what is not in the list yet. */
static void close_all(const struct candidate *candidate, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (candidate[i].target.pidfd >= 0)
			close(candidate[i].target.pidfd);
}

/* Checks the pids and opens their pidfds; 0 or the exit code. */
int targets_open(struct target_list *list, const pid_t *pid, size_t count)
{
	struct candidate *candidate = xcalloc(count, sizeof(*candidate));
	size_t checked = 0;
	bool bad = false;
	int exit_code = EXIT_FAILED;

	*list = (struct target_list){.target = xcalloc(count, sizeof(*list->target))};
	for (; checked < count && !bad; checked++) {
		check(&candidate[checked], pid[checked]);
		bad = candidate[checked].verdict == VERDICT_BAD;
	}
	if (bad)
		close_all(candidate, checked);
	else
		exit_code = choose(list, candidate, count);
	if (exit_code)
		targets_close(list);
	free(candidate);
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
