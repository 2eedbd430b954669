/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * membership.c - see membership.h.
 *
 * What goes in: selectors, /proc, and what the kernel half tells of changes. What comes out:
 * processes adopted and released.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/membership.h"
#include "base/log.h"
#include "base/now.h"
#include "books/snapshot.h"
#include "kernel/collector.h"
#include "kernel/rights.h"
#include "proc/proc.h"
#include "proc/proc_view.h"
#include "target/facts.h"

/* Between two looks at all processes: a second, and so long that they take 1 % of a CPU at most. */
#define LOOK_EVERY	NSEC_PER_SEC
#define LOOK_SHARE	100
/* Who shows a list that lives has less to spare. */
#define LOOK_SHARE_LIVE 1000

enum {
	ANCESTORS_MAX = 64, /* that are looked at: pids that are used again may close a circle */
};

/* Whether a process is what the selectors say, and one that can be. */
static bool is_selected(const struct options *o, pid_t pid)
{
	struct proc_stat stat;
	struct facts f;

	if (pid == getpid())
		return false;
	facts_begin(&f, pid);
	return selection_has(&o->selection, &f) && !proc_stat(pid, pid, &stat) &&
	       !stat.kernel_thread;
}

/*
 * Whether a process that matches is one that -p would refuse: we may not look into it, and lack
 * capabilities for that. Who has them all may trace whom it may not look into.
 */
static bool is_refused(pid_t pid)
{
	char names[RIGHTS_LEN];

	return !proc_may_look(pid) && membership_lacks_rights(names);
}

/*
 * Whether a process that is not in the books is to be taken in. Adds it to the denied ones if it
 * may be one, and what was asked about it we may not know, or -p would refuse it too.
 */
static bool is_to_join(struct membership *m, pid_t pid, struct pid_list *denied)
{
	struct proc_stat stat = {0};
	struct facts f;
	bool has;
	int err;

	if (pid == getpid())
		return false;
	facts_begin(&f, pid);
	has = selection_has(&m->options->selection, &f);
	f.denied = has ? is_refused(pid) : f.denied;
	if (!has && !f.denied)
		return false;
	err = proc_stat(pid, pid, &stat);
	if (proc_is_denial(err))
		stat.kernel_thread = proc_is_kernel_thread(pid);
	if ((err && !proc_is_denial(err)) || stat.kernel_thread || proc_is_over(pid, &stat))
		return false;
	if (f.denied)
		pid_list_add(denied, pid);
	return !f.denied;
}

/* Whether a process is asked for by its pid. */
static bool is_target(const struct membership *m, pid_t pid)
{
	for (size_t i = 0; i < m->targets->count; i++)
		if (m->targets->target[i].pid == pid)
			return true;
	return false;
}

/* Whether an ancestor of a process is, or was, a member by itself. */
static bool descends(const struct membership *m, pid_t pid)
{
	struct proc_stat stat;

	for (int i = 0; i < ANCESTORS_MAX && !proc_stat(pid, pid, &stat) && stat.ppid > 0; i++) {
		pid = stat.ppid;
		if (is_target(m, pid) || pid_list_has(&m->own, pid) || is_selected(m->options, pid))
			return true;
	}
	return false;
}

/*
 * Whether a process that is in the books is to stay: itself, or, with -f, for the sake of an
 * ancestor, whatever has become of that. Who has not joined by itself is there as a descendant.
 */
static bool is_wanted(const struct membership *m, pid_t pid)
{
	if (is_target(m, pid) || is_selected(m->options, pid))
		return true;
	return m->options->follow && (!pid_list_has(&m->own, pid) || descends(m, pid));
}

/* Adds the processes that match now to the list. */
void membership_find(const struct options *o, struct pid_list *pids)
{
	struct pid_list all = {0};

	if (o->selection.includes && !proc_processes(&all))
		for (size_t i = 0; i < all.count; i++)
			if (is_selected(o, all.pid[i]))
				pid_list_add(pids, all.pid[i]);
	pid_list_clear(&all);
}

/* Notes that a process cannot be traced, and says why, once. */
static void refuse(struct membership *m, pid_t pid, const char *why)
{
	pid_list_add(&m->refused, pid);
	log_warn("pid %d: %s: not traced", pid, why);
}

/* Now, as /proc has the starts of processes: in ticks since boot, of which it keeps 32 bits. */
static uint32_t ticks_now(void)
{
	struct timespec ts;
	long hz = sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint32_t)(ts.tv_sec * hz + ts.tv_nsec * hz / (long)NSEC_PER_SEC);
}

/*
 * Counts a process that has just been taken in by us, if we have begun: what it did since it began,
 * or since it matches, nobody has seen. Whoever was let go before has been seen from its begin.
 */
static void count_late(struct membership *m, pid_t pid)
{
	struct proc_stat stat;
	uint64_t age;

	if (!m->begun || pid_list_has(&m->left, pid))
		return;
	m->joins.late++;
	if (proc_stat(pid, pid, &stat) || (int32_t)(stat.start - m->began) < 0) {
		m->joins.older++;
		return;
	}
	/* Its start has been rounded down, so that this is the most that it can be. */
	age = (uint64_t)(ticks_now() - stat.start + 1) * NSEC_PER_TICK;
	if (age > m->joins.most)
		m->joins.most = age;
}

/* Adds the descendants of a process that are not in the books to the list. */
static void list_unseen(struct collector *c, pid_t pid, struct pid_list *unseen)
{
	struct pid_list all = {0};

	(void)proc_descendants(pid, &all);
	for (size_t i = 0; i < all.count; i++)
		if (!collector_has_thread(c, all.pid[i]))
			pid_list_add(unseen, all.pid[i]);
	pid_list_clear(&all);
}

/* Says of a process that not all of its threads could be looked at, and counts that as one lost: it
 * is not tried again. At the start it is an error of the whole run, which the caller tells. */
static void adopt_failed(struct membership *m, struct collector *c, pid_t pid, int err)
{
	if (err == -ECANCELED || !m->begun)
		return;
	log_warn("pid %d: cannot look at all its threads: %s", pid, strerror(-err));
	collector_lose_thread(c);
	if (!pid_list_has(&m->refused, pid))
		pid_list_add(&m->refused, pid);
}

/* Adds a process to the books, with -f its descendants too; the number of threads, or -errno. */
static int adopt(struct membership *m, struct collector *c, pid_t pid,
		 const struct adopt_stop *stop)
{
	struct pid_list with = {0};
	int added;

	if (m->begun && m->options->follow)
		list_unseen(c, pid, &with);
	added = adopt_process(c, pid, m->options->follow, stop, m->notes);
	if (added > 0)
		count_late(m, pid);
	else if (added < 0)
		adopt_failed(m, c, pid, added);
	for (size_t i = 0; i < with.count; i++)
		if (collector_has_thread(c, with.pid[i]))
			count_late(m, with.pid[i]);
	pid_list_clear(&with);
	return added;
}

/* Takes a process in, seen as `how` says; the number of threads added, or -errno. */
static int join(struct membership *m, struct collector *c, pid_t pid, const char *how,
		const struct adopt_stop *stop)
{
	int added, bits = 64;

	if (pid_list_has(&m->refused, pid))
		return 0;
	if (!proc_bits(pid, &bits) && bits == 32) {
		refuse(m, pid, "a 32-bit process");
		return 0;
	}
	if (pid_list_has(&m->left, pid))
		collector_renew_sockets(c, pid);
	added = adopt(m, c, pid, stop);
	if (added > 0) {
		if (m->options->follow && !pid_list_has(&m->own, pid))
			pid_list_add(&m->own, pid);
		log_info("pid %d: joined%s", pid, how);
		if (*how && !pid_list_has(&m->found, pid))
			pid_list_add(&m->found, pid);
		wheres_look(m->wheres, pid);
	} else if (!added && !collector_has_thread(c, pid)) {
		/* It is on its way out, or a loss has said that there is no room. */
		pid_list_add(&m->refused, pid);
		m->joins.missed += m->begun;
	}
	return added;
}

/* Takes a process in, or lets it go, as it is now; the number of threads added, or -errno. */
static int decide(struct membership *m, struct collector *c, pid_t pid, const char *how,
		  const struct adopt_stop *stop, struct pid_list *denied)
{
	if (collector_has_thread(c, pid)) {
		if (is_wanted(m, pid))
			return 0;
		log_info("pid %d: matches no longer%s", pid, how);
		if (!pid_list_has(&m->left, pid))
			pid_list_add(&m->left, pid);
		collector_release_process(c, pid);
	} else if (collector_has_lost(c, pid) && !is_wanted(m, pid)) {
		log_info("pid %d: matches no longer%s", pid, how);
		collector_release_process(c, pid);
	}
	/* While it was a member nobody told, should it have become what it is let go for not being.
	 */
	return is_to_join(m, pid, denied) ? join(m, c, pid, how, stop) : 0;
}

/* Takes in what other threads a process has of which the kernel half has taken in one. */
static void complete(struct membership *m, struct collector *c, pid_t pid,
		     const struct adopt_stop *stop)
{
	log_info("pid %d: joined with its first socket", pid);
	(void)adopt(m, c, pid, stop);
	wheres_look(m->wheres, pid);
}

/* Forgets those that are gone, whose pids may become others'. */
static void forget_gone(struct pid_list *pids)
{
	size_t kept = 0;

	for (size_t i = 0; i < pids->count; i++) {
		struct proc_stat stat;

		if (!proc_stat(pids->pid[i], pids->pid[i], &stat))
			pids->pid[kept++] = pids->pid[i];
	}
	pids->count = kept;
}

/* Decides about all processes; the number of threads added, or -errno. */
static int look_at_all(struct membership *m, struct collector *c, const struct adopt_stop *stop)
{
	uint64_t began = now_ns(), took;
	struct pid_list all = {0}, denied = {0};
	int total = 0, got = proc_processes(&all);

	forget_gone(&m->refused);
	forget_gone(&m->own);
	for (size_t i = 0; i < all.count && got >= 0; i++) {
		got = decide(m, c, all.pid[i], " (seen in a look at all processes)", stop, &denied);
		total += got > 0 ? got : 0;
	}
	m->joins.denied = denied.count;
	m->joins.hidden = proc_hides(1);
	m->denied = denied.count ? denied.pid[0] : 0;
	pid_list_clear(&all);
	pid_list_clear(&denied);
	took = (now_ns() - began) * (m->options->live ? LOOK_SHARE_LIVE : LOOK_SHARE);
	m->next_look = now_ns() + (took > LOOK_EVERY ? took : LOOK_EVERY);
	return got < 0 ? got : total;
}

/* Takes in who matches. */
int membership_begin(struct membership *m, struct collector *c, const struct adopt_stop *stop)
{
	int total = 0, added;

	if (!m->options->selection.includes)
		return 0;
	/* Who was begun by one that was no member yet shows in the next look. */
	do {
		m->began = ticks_now();
		added = look_at_all(m, c, stop);
		total += added > 0 ? added : 0;
		/* Who has made a socket until now, and was passed by, is told of. */
		if (selection_is_all(&m->options->selection))
			collector_take_in(c);
	} while (added > 0);
	m->begun = true;
	return added < 0 ? added : total;
}

/*
 * Decides about a process by its changes, of which there are so many. If it is gone, and was in no
 * books, it is counted: it may have matched.
 */
static void decide_by(struct membership *m, struct collector *c, const struct change *change,
		      size_t count, const struct adopt_stop *stop, struct pid_list *denied)
{
	pid_t pid = (pid_t)change->tgid;
	struct proc_stat stat;
	uint32_t flags = 0;
	size_t i = 0;

	/* Who has joined may have ended since. */
	if (decide(m, c, pid, "", stop, denied) > 0)
		return;
	for (size_t j = 0; j < count; j++)
		flags |= change[j].flags;
	if (flags & CHANGED_KNOWN || collector_has_thread(c, pid) ||
	    pid_list_has(&m->refused, pid) || pid_list_has(&m->found, pid))
		return;
	while (i < count && !selection_may_have_had(&m->options->selection, change[i].comm,
						    flags & CHANGED_SOCKETS))
		i++;
	if (i == count)
		return;
	if (proc_stat(pid, pid, &stat) || proc_is_over(pid, &stat)) {
		m->joins.missed++;
		pid_list_add(&m->refused, pid);
	} else if (!(flags & CHANGED_AGAIN)) {
		/* It may not bear the name yet that was told, and end before anybody looks again.
		 */
		struct change again = change[i];

		again.flags = flags | CHANGED_AGAIN;
		changes_add(&m->again, &again);
	}
}

/* Takes in and lets go who has changed. */
bool membership_step(struct membership *m, struct collector *c, const struct adopt_stop *stop)
{
	struct pid_list denied = {0}; /* the next look finds them again */
	struct change_list *list = &m->told.changed;
	int err;

	if (!m->options->selection.includes)
		return false;
	m->told.changed.count = m->told.taken_in.count = 0;
	err = collector_changes(c, &m->told);
	for (size_t i = 0; i < m->again.count; i++)
		changes_add(list, &m->again.change[i]);
	m->again.count = 0;
	changes_sort(&m->told);
	for (size_t i = 0; i < m->told.taken_in.count; i++)
		complete(m, c, m->told.taken_in.pid[i], stop);
	for (size_t i = 0, next; i < list->count; i = next) {
		for (next = i + 1; next < list->count; next++)
			if (list->change[next].tgid != list->change[i].tgid)
				break;
		decide_by(m, c, &list->change[i], next - i, stop, &denied);
	}
	m->found.count = 0;
	if (err || now_ns() >= m->next_look)
		(void)look_at_all(m, c, stop);
	pid_list_clear(&denied);
	return list->count || m->told.taken_in.count;
}

/* Says of processes of a window that seem to have ended that they match no longer. */
void membership_mark(const struct membership *m, struct window *w)
{
	for (size_t i = 0; i < m->left.count; i++) {
		struct task_sums *process = task_list_find(&w->processes, m->left.pid[i], 0);
		struct proc_stat stat;

		if (process && process->exited)
			process->left = !proc_stat(m->left.pid[i], m->left.pid[i], &stat) &&
					!proc_is_over(m->left.pid[i], &stat);
	}
}

void membership_clear(struct membership *m)
{
	pid_list_clear(&m->left);
	pid_list_clear(&m->refused);
	pid_list_clear(&m->own);
	changes_free(&m->told);
	free(m->again.change);
	pid_list_clear(&m->found);
}
