/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * evidence.h - what was seen of the shape of a process's threads; judge/shape.c decides from it.
 */
#ifndef IOPHASE_EVIDENCE_H
#define IOPHASE_EVIDENCE_H

#include <sys/types.h>

#include "base/types.h"

/*
 * What tells the shape of a process's threads: all that was seen since the attach, in a window too.
 * A reader has read from a socket; one that select, poll or epoll told what is ready is a loop, any
 * other a worker.
 */
struct shape_evidence {
	unsigned int threads;	/* that have lived */
	unsigned int loops;	/* readers that multiplex */
	unsigned int workers;	/* readers that do not */
	unsigned int pollers;	/* threads that multiplex and read nothing */
	unsigned int accepters; /* threads that accept, or wait to, and do neither of those */
	unsigned int accepting_loops, accepting_workers; /* that accept, too */
	unsigned int fresh; /* readers born since the attach: of one connection, accepting none */
	uint64_t loop_reads, worker_reads;	       /* of sockets, ended ok or eof */
	uint64_t loop_connections, worker_connections; /* that they read one after the other */
	uint64_t ready;				       /* mux calls that said ready */
	uint64_t accepts;
	/* The process among processes; the counts of children are those of the traced ones. */
	pid_t parent;
	bool adopted;		    /* it was there before us */
	uint64_t listener;	    /* inode of the socket that it accepts on, 0: none */
	unsigned int child_readers; /* children born since the attach that read and do not accept */
	unsigned int child_accepters; /* children that accept on the same socket */
	uint64_t child_listener;      /* that one */
};

/* Adds what a thread's books tell. */
void evidence_note(struct shape_evidence *e, const struct thread *t);

/* Adds what other threads of the same process told. */
void evidence_join(struct shape_evidence *to, const struct shape_evidence *from);

/* Whether a process was born since the attach and serves what another one has accepted. */
bool evidence_is_served_child(const struct shape_evidence *e);

#endif
