/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * evidence.h - what was seen of the shape of a process's threads; judge/shape.c decides from it.
 */
#ifndef IOPHASE_EVIDENCE_H
#define IOPHASE_EVIDENCE_H

#include <sys/types.h>

#include "base/types.h"

/* What readers are there, and what they read; by name, for it is there twice. */
#define READERS                                                                                    \
	uint64_t loops;	    /* readers that multiplex */                                           \
	uint64_t workers;   /* readers that do not */                                              \
	uint64_t pollers;   /* threads that multiplex and read nothing */                          \
	uint64_t accepters; /* threads that accept, or wait to, and do neither of those */         \
	uint64_t accepting_loops, accepting_workers; /* that accept, too */                        \
	uint64_t fresh; /* readers born since the attach: of one connection, accepting none */     \
	uint64_t loop_reads; /* of sockets, ended ok or eof */                                     \
	uint64_t worker_reads;                                                                     \
	uint64_t loop_connections; /* that they read one after the other */                        \
	uint64_t worker_connections;                                                               \
	uint64_t worker_told /* reads of workers of which epoll told, whoever asked it */

struct readers {
	READERS;
};

/* How many of it are plain sums, which are added up by one loop. */
enum {
	READER_SUMS = 12,
	EVIDENCE_SUMS = 2 * READER_SUMS + 18,
};

/*
 * What tells the shape of a process's threads: all that was seen since the attach, in a window too.
 * A reader has read from a socket; one that select, poll or epoll told what is ready is a loop, any
 * other a worker. Kernel workers of io_uring are none.
 */
struct shape_evidence {
	union {
		uint64_t sum[EVIDENCE_SUMS];
		struct {
			/* Of all sockets, */
			union {
				struct readers all;
				struct {
					READERS;
				};
			};
			/* and of those whose peer is a client, or anybody who sends datagrams. */
			struct readers served;
			uint64_t threads; /* that have lived */
			uint64_t ready;	  /* mux calls that said ready */
			uint64_t accepts;
			/* Of io_uring: threads that asked for something, and what kernel workers
			 * have read for them. */
			uint64_t uring_threads, kernel_reads, kernel_connections;
			uint64_t waiters; /* threads that have waited in accepts, in mux calls, or
					     for requests */
			/* Loops that have waited in select or poll, and for how long (ns), all of
			 * them together. */
			uint64_t list_loops, list_wait;
			/* The counts of children are those of the traced ones. */
			uint64_t child_readers; /* children born since the attach that read and do
						   not accept, or whose children do */
			uint64_t child_servers; /* the same of reads from clients */
			/* Children whose clients come in at the same place: who are older than the
			 * attach, or accept; and of them those that accept. */
			uint64_t child_workers, child_accepters;
			uint64_t answered; /* connections of clients that have had an answer */
			uint64_t anybody;  /* reads of datagrams of anybody */
			/* Without hooks on calls, as the files say: threads that read what their
			 * process has accepted, and what their parent has; and children born since
			 * the attach that read the one connection that their parent has. */
			uint64_t takers, given, child_given;
		};
	};
	/* The process among processes. */
	pid_t parent;
	bool adopted;	    /* it was there before us */
	bool accepts_apart; /* not where its parent does, who accepts, too */
	bool sets;	    /* its threads wait on more than one epoll set, */
	uint32_t epoll_set; /* or on this one; 0: on none */
	bool lists;	    /* the same of the lists of its loops that poll */
	uint32_t poll_list;
	bool workers_apart;  /* its workers accept, or take datagrams, at more than one place, */
	uint64_t workers_at; /* or at this one; 0: not known */
	uint32_t accepts_at; /* a number of where it accepts, 0: not known */
	uint64_t longest;    /* the life of the eldest loop (ns) */
	uint64_t listener;   /* a number of where its clients come in, 0: not known */
	uint64_t child_listener; /* that of its children */
};

_Static_assert(sizeof(struct readers) == READER_SUMS * sizeof(uint64_t), "no reader is left out");
_Static_assert(offsetof(struct shape_evidence, child_given) ==
			       (EVIDENCE_SUMS - 1) * sizeof(uint64_t) &&
		       offsetof(struct shape_evidence, parent) == EVIDENCE_SUMS * sizeof(uint64_t),
	       "each sum is in the array, too");

/* Adds what a thread's books tell. */
void evidence_note(struct shape_evidence *e, const struct thread *t);

/* Adds what other threads of the same process told. */
void evidence_join(struct shape_evidence *to, const struct shape_evidence *from);

/* Whether a process was born since the attach and reads what another one has accepted, or has a
 * child that does. */
bool evidence_is_served_child(const struct shape_evidence *e);

/* The same, if it is known that what is read are connections of clients. */
bool evidence_serves(const struct shape_evidence *e);

#endif
