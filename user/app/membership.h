/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * membership.h - who is traced as the user's selectors say, which may be others at any time.
 *
 * What starts and matches joins in, what matches no longer leaves. The kernel half tells of what
 * the selectors ask about within 25 ms, follows the children of members, and, where all are meant
 * that have a socket, takes in who makes its first one. Of what it does not tell (sockets and ports
 * closed, sockets that were passed on) all processes are looked at again now and then.
 */
#ifndef IOPHASE_MEMBERSHIP_H
#define IOPHASE_MEMBERSHIP_H

#include "app/options.h"
#include "app/wheres.h"
#include "base/notes.h"
#include "books/joins.h"
#include "kernel/adopt.h"
#include "kernel/changes.h"
#include "kernel/rights.h"
#include "target/target.h"

struct collector;
struct window;

struct membership {
	const struct options *options;
	const struct target_list *targets; /* who is asked for by pid: they stay */
	struct notes *notes;
	struct wheres *wheres;	 /* of those who join */
	struct pid_list left;	 /* matched, and do not any more */
	struct pid_list own;	 /* with -f: have joined by themselves, not as descendants */
	struct pid_list refused; /* match, and cannot be traced: tried once */
	uint64_t next_look;	 /* at all processes (ns) */
	pid_t denied;	     /* the first process that may match and that we may not look into */
	uint64_t said;	     /* how many of those there were when that was said last */
	bool begun;	     /* who matched when we began is in the books */
	uint32_t began;	     /* when those were looked for (ticks since boot) */
	struct joins joins;  /* how many are not in the books from their begin, or not at all */
	struct changes told; /* scratch */
	struct change_list again; /* to be looked at once more: they did not bear their name yet */
	struct pid_list found;	  /* have joined in the latest look at all processes */
};

/* Adds the processes that match now to the list. */
void membership_find(const struct options *o, struct pid_list *pids);

/*
 * Takes in who matches, of all processes, until nobody is added any more. Returns the number of
 * threads added, or -errno; -ECANCELED if it was to stop.
 */
int membership_begin(struct membership *m, struct collector *c, const struct adopt_stop *stop);

/*
 * Takes in and lets go who has changed, and looks at all processes if it is time to. Returns
 * whether somebody has changed, so that it is to be called again soon.
 */
bool membership_step(struct membership *m, struct collector *c, const struct adopt_stop *stop);

/* Says of processes of a window that seem to have ended that they match no longer. */
void membership_mark(const struct membership *m, struct window *w);

/*
 * Adds the lines about those that were taken in late, as many as `joins` says, and about those that
 * we may not look into, if there were any; and if their number is another, or `again`.
 */
void membership_tell(struct membership *m, const struct joins *joins, bool again,
		     struct notes *notes);

/*
 * Writes that there are processes that we may not look into, and why; an empty text: none. Returns
 * whether there are, and capabilities are lacking for it.
 */
bool membership_describe_denied(const struct membership *m, char *text, size_t size);

/* The capabilities that we lack to look into processes; false if there are none. */
bool membership_lacks_rights(char names[RIGHTS_LEN]);

void membership_clear(struct membership *m);

#endif
