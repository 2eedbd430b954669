/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * evidence.h - what was seen of the shape of a process's threads; judge/shape.c decides from it.
 */
#ifndef IOPHASE_EVIDENCE_H
#define IOPHASE_EVIDENCE_H

#include <sys/types.h>

#include "base/types.h"

/* How many of it are plain sums, which are added up by one loop. */
enum {
	EVIDENCE_SUMS = 16,
};

/*
 * What tells the shape of a process's threads: all that was seen since the attach, in a window too.
 * A reader has read from a socket; one that select, poll or epoll told what is ready is a loop, any
 * other a worker.
 */
struct shape_evidence {
	union {
		uint64_t sum[EVIDENCE_SUMS];
		struct {
			uint64_t threads;   /* that have lived */
			uint64_t loops;	    /* readers that multiplex */
			uint64_t workers;   /* readers that do not */
			uint64_t pollers;   /* threads that multiplex and read nothing */
			uint64_t accepters; /* threads that accept, or wait to, and do neither of
					       those */
			uint64_t accepting_loops, accepting_workers; /* that accept, too */
			uint64_t fresh; /* readers born since the attach: of one connection,
					   accepting none */
			uint64_t loop_reads, worker_reads; /* of sockets, ended ok or eof */
			uint64_t loop_connections,
				worker_connections; /* that they read one after the other */
			uint64_t ready;		    /* mux calls that said ready */
			uint64_t accepts;
			/* The counts of children are those of the traced ones. */
			uint64_t child_readers;	  /* children born since the attach that read and do
						     not accept */
			uint64_t child_accepters; /* children that accept on the same socket */
		};
	};
	/* The process among processes. */
	pid_t parent;
	bool adopted;		 /* it was there before us */
	uint64_t listener;	 /* inode of the socket that it accepts on, 0: none */
	uint64_t child_listener; /* that of its children */
};

_Static_assert(offsetof(struct shape_evidence, child_accepters) ==
			       (EVIDENCE_SUMS - 1) * sizeof(uint64_t) &&
		       offsetof(struct shape_evidence, parent) == EVIDENCE_SUMS * sizeof(uint64_t),
	       "each sum is in the array, too");

/* Adds what a thread's books tell. */
void evidence_note(struct shape_evidence *e, const struct thread *t);

/* Adds what other threads of the same process told. */
void evidence_join(struct shape_evidence *to, const struct shape_evidence *from);

/* Whether a process was born since the attach and serves what another one has accepted. */
bool evidence_is_served_child(const struct shape_evidence *e);

#endif
