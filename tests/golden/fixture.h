/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* clang-format off */
/*
 * fixture.h - snapshots written as text.
 *
 * One word says what a line is, numbers follow; '#' begins a comment line. Times are in ns.
 *
 *   start NS                     when the first snapshot's sums were all 0
 *   snapshot NS SECONDS NS       a further snapshot: CLOCK_MONOTONIC; CLOCK_REALTIME
 *   lost KIND COUNT              KIND as in enum lost: 0, 1 ...
 *   missed COUNT
 *   pulse PID TID ACTIVE COMM    a thread, and how long it was not asleep outside of I/O calls
 *   torn COUNT
 *   process PID THREADS EVER WALL COMM    the lines below are about this one
 *   thread PID TID THREADS WALL COMM      or about this one; THREADS is 1, or 0: it has exited
 *   ns CALL WAIT RUNQ CPU COPY   CALL is its name, or app
 *   call CALL OK EOF AGAIN TIMEOUT INTERRUPTED ERROR BYTES
 *   error CALL ERRNO COUNT       so many of those that failed did so by that errno
 *   wait CALL NS COUNT           so many calls slept so long each
 *   busy CALL NS COUNT           so many calls were on a CPU so long each
 *   reads WAY COUNT              WAY as in enum way: 1 is blocking ...
 *   accepts WAY COUNT
 *   writes WAY COUNT
 *   life BORN ENDED              when it was born, and, of what has exited, ended
 *   family PID                   whose family it is of, if its parents do not tell
 *   where PID CONTAINER          its pid in its own pid namespace, 0 if it is the same; CONTAINER is
 *                                the rest of the line, any bytes
 *   whose USER PORTS             whose it is, and where its clients find it
 *   registered WAY
 *   evidence NAME COUNT          what tells the shape; NAME is a field of struct shape_evidence
 *   turns EVENTS COUNT NS        of event loops, after waits that told so many events
 *   turn NS                      the longest one in progress
 *   full COUNT                   epoll_waits that filled the room that they were given
 *   scans COUNT SUM              selects and polls, and the descriptors that they scanned
 *   answered COUNT QUEUEING SERVICE   requests that waited and were served so long each
 *   backlog WAITING MOST LIMIT DROPPED   connections that wait to be accepted; packets that were
 *                                dropped
 *   queued CAUSE NS              of the queueing of all of them; CAUSE as in enum queue_cause
 *   served KIND NS               of the service of all of them; KIND as in enum served
 *   untimed COUNT                of them, it is not known when they were ready
 *   asked COUNT NS               answers of upstreams, each after so long
 *   upstream COUNT NS CONNECTIONS FAMILY ADDRESS PORT   of the answers above those of one; FAMILY is
 *                                inet, inet6 or unix, whose addresses have 16 bytes at least
 *   unplaced COUNT NS            and those that are not counted by address
 *   side SIDE CONNECTIONS READS WRITES   those that had exchanges; SIDE as in enum side
 *   signals COUNT                so many I/O signals reached it
 *   delay NS COUNT               of which so many took so long each
 *   inflight CALL COUNT
 *   before COUNT                 calls in flight at the attach
 *   summed COUNT EVER            so many that ended, with so many threads, are summed in this one
 *   clone COUNT                  so many more like the thread above, with the tids that follow
 *   connection FD TID ROLE STATE WAY LIVED LOCAL REMOTE   of the process, at the end; addresses of
 *                                IPv4 and TCP, or paths of UNIX sockets; the lines below are about it
 *   states IDLE READY SERVICE BLOCKED ASKED               ns
 *   moved READS WRITES IN OUT EXCHANGES P50 P99           P50 and P99 are buckets
 *   let_go COUNT MAX             connections, since there were more than MAX
 *   joins LATE OLDER MOST DENIED processes, and ns at most; see struct joins
 *   sum PID                      process PID gets the sums of its threads; its own must be 0
 *   late NS                      how long attaching took before
 *   note TEXT                    a sentence that the report is to carry
 *
 * COMM is the rest of the line, any bytes; \xNN stands for one byte. A missing number is 0.
 */
/* clang-format on */
#ifndef IOPHASE_FIXTURE_H
#define IOPHASE_FIXTURE_H

#include <stdio.h>

#include "books/connections.h"
#include "books/snapshot.h"

enum {
	FIXTURE_SNAPSHOTS = 8,
	FIXTURE_NOTES = 8,
};

struct fixture {
	uint64_t start; /* ns */
	uint64_t late;	/* ns */
	struct snapshot snapshot[FIXTURE_SNAPSHOTS];
	size_t snapshots;
	char *note[FIXTURE_NOTES];
	size_t notes;
	struct connection_list connections;
	uint64_t connections_max;
};

/* Reads a fixture; ends the program with a line on stderr if the text is none. */
void fixture_read(struct fixture *f, FILE *in, const char *name);

void fixture_clear(struct fixture *f);

#endif
