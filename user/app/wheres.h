/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wheres.h - in which containers the traced processes are, their pids in there, and of which
 * services they are.
 *
 * A process is looked up when it is taken in, or when a report finds it for the first time, never
 * by event. A pid stays what it is, a cgroup may be another one later: at each report some of the
 * known are looked up again, so that the cost has a bound. Who has ended keeps what was known.
 */
#ifndef IOPHASE_WHERES_H
#define IOPHASE_WHERES_H

#include "base/types.h"
#include "base/where.h"
#include "books/snapshot.h"
#include "judge/service_labels.h"

enum {
	WHERES_AGAIN = 256, /* known processes that are looked up again at a report */
};

/* A process, and what is known of it. */
struct where_of {
	pid_t pid;
	uint32_t start; /* in ticks since boot: tells who has the number */
	bool known;	/* it has been looked up, or the rest means nothing */
	bool fresh;	/* in this round */
	bool ended;
	struct where where;
	char comm[COMM_LEN]; /* as of the latest snapshot that it was in */
	bool renamed;	     /* since it was looked up: it may be another program by now */
	char *service;	     /* by the label; NULL: none but its comm, or not known */
};

/* In the order of pid. A zeroed one is empty. */
struct wheres {
	struct where_of *of;
	size_t count, room;
	size_t next;  /* to be looked up again */
	size_t again; /* so many of them at a report; 0: WHERES_AGAIN */
	enum service_label label;
};

/* Looks up a process that is taken in. */
void wheres_look(struct wheres *w, pid_t pid);

/*
 * Looks up the processes of a snapshot that are new, and some of the others again; forgets who is
 * not in it any more.
 */
void wheres_renew(struct wheres *w, const struct task_list *processes);

/* Tells the processes of a window where they are. */
void wheres_tell(const struct wheres *w, struct task_list *processes);

/*
 * The service that a process of a window is of by the label, NULL: it goes by its comm. One that
 * ended before it was looked up is of that of its parent, if that has the same comm.
 */
const char *wheres_service(const struct wheres *w, const struct task_sums *process);

void wheres_clear(struct wheres *w);

#endif
