/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * whose.h - looks up whose the processes of a window are, and where their clients find them.
 */
#ifndef IOPHASE_APP_WHOSE_H
#define IOPHASE_APP_WHOSE_H

#include "books/snapshot.h"

/* What is known of some, so that it need not be looked up at each report. A zeroed one is empty. */
struct whose_known {
	struct whose_of {
		pid_t pid;
		char comm[COMM_LEN]; /* another one: another program by now */
		struct whose whose;
	} * of; /* by pid */
	size_t count;
	uint64_t next; /* ns, when all are looked up again */
};

/*
 * Looks up user and ports of the processes of a window that live, or takes what is known of them;
 * known may be NULL. What cannot be read stays empty.
 */
void whose_look_up(struct window *w, struct whose_known *known);

void whose_clear(struct whose_known *known);

#endif
