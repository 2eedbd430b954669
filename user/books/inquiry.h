/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * inquiry.h - what must be asked about the descriptors of processes, and of which: of those who
 * have done no I/O yet, once for all their threads, and again only after they have run; and at each
 * report of those who wait by epoll, how much is in their sets.
 */
#ifndef IOPHASE_INQUIRY_H
#define IOPHASE_INQUIRY_H

#include "books/snapshot.h"

/* What is known of one process. */
struct answer {
	pid_t pid;
	uint64_t born;
	uint64_t on_cpu; /* ns that it had been on a CPU when it was asked about */
	bool known;
	bool wanted;	      /* by the latest snapshot */
	enum way registered;  /* how its epoll sets watch most files, WAY_NONE if they watch none */
	bool async;	      /* descriptors have O_ASYNC, no fewer than sockets have it not */
	bool signalfd;	      /* and another one is a signalfd */
	unsigned int sets;    /* its epoll sets, */
	unsigned int in_sets; /* and descriptors that are in one */
};

/* Answers of the latest snapshot, in the order of pid. A zeroed one is empty. */
struct inquiry {
	struct answer *answer;
	size_t count;
	bool dear; /* each question looks at all files of the machine: not asked out of curiosity */
};

/*
 * Counts the descriptors of `count` processes, at most ASKED_MAX, in the order of pid; the counts
 * are 0 before. Returns 0 or -errno.
 */
typedef int (*inquiry_ask)(void *arg, struct descriptors *list, size_t count);

/*
 * Fills in, in the tasks of *s, what only their descriptors tell. Returns 0, or -errno of an ask
 * that failed: then that is not known of some.
 */
int inquiry_fill(struct inquiry *q, struct snapshot *s, inquiry_ask ask, void *arg);

void inquiry_clear(struct inquiry *q);

#endif
