/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * abi.h - all that the kernel half and the user half share.
 *
 * What goes in: nothing; the includer has defined __u8, __u32 and __u64 before.
 * What comes out: limits, enums, and the layout of every map value. Time is in nanoseconds of
 * CLOCK_MONOTONIC everywhere. An index into a pool counts from 1, so that a zeroed field means
 * none.
 */
#ifndef IOPHASE_ABI_H
#define IOPHASE_ABI_H

#include "common/calls.h"

enum {
	MAX_NR = 512,	      /* system call numbers below this one can be traced */
	TIDS_PER_PAGE = 2048, /* tid -> thread: one map value holds this many tids */
	COMM_LEN = 16,
	NSEC_PER_TICK = 10000000, /* of the times that /proc tells: USER_HZ is 100 */
	PUSH_MAX = 64,		  /* indexes put on a free list in one go */
	TOLD_WORDS = 16, /* of 64 descriptors each: select and poll are followed by descriptor */
};

/* The pools. */
enum pool {
	POOL_THREADS,
	POOL_ROWS,
	POOL_OCTAVES,
	POOL_UPSTREAMS,
	POOLS,
	POOL_USED_THREADS = POOLS, /* only to push: books that serve another thread next */
};

/*
 * A pool is made of segments, while it grows: of so many entries (a power of two) that one fills
 * pages, those of 64 KiB too, which makes it one piece in user space.
 */
enum {
	THREADS_SHIFT = 9,
	ROWS_SHIFT = 11,
	OCTAVES_SHIFT = 13,
	UPSTREAMS_SHIFT = 9,
	SEGMENT_PAGE = 65536,
	THREADS_LIMIT = 65000, /* an index of a thread is 16 bits wide */
};

/* Where a thread's time goes; see docs/rooms/bpf.md, "The thread clock". */
enum phase {
	PHASE_WAIT, /* asleep: no data, no room, no event */
	PHASE_RUNQ, /* awake, waiting for a CPU */
	PHASE_CPU,  /* on a CPU and not copying */
	PHASE_COPY, /* from the first copy of socket data to user memory on */
	PHASES,
	PHASE_UNKNOWN, /* adopted, and no event yet */
};

/* How a read (or an accept) got its data: the I/O model of that one call. */
enum way {
	WAY_NONE,
	WAY_BLOCKING,
	WAY_NONBLOCKING,
	WAY_SELECT,
	WAY_POLL,
	WAY_EPOLL_LT,
	WAY_EPOLL_ET, /* the next one, on which epoll_way() relies */
	WAY_SIGNAL,
	WAY_POSIX_AIO,
	WAY_LINUX_AIO,
	WAY_IO_URING,
	/* Blocking, too: a call on just its descriptor, as for a time limit, said that it is ready.
	 */
	WAY_SELECT_ONE,
	WAY_POLL_ONE,
	WAYS,
	WRITE_WAYS = WAY_EPOLL_ET + 1, /* in further ways nobody writes by a call */
};

/* Who is at the other end of a socket that a thread reads. */
enum peer {
	PEER_UNKNOWN, /* nobody has looked */
	PEER_OTHER,   /* one that the process has connected to, or itself, or the kernel ... */
	PEER_CLIENT,  /* who has connected to it: the connection was accepted */
	PEER_ANYBODY, /* whoever sends a datagram */
};

/* Who has accepted a connection, as the file says that was made then. */
enum taken {
	TAKEN_UNKNOWN,
	TAKEN_HERE,	 /* the process that reads it */
	TAKEN_BY_PARENT, /* that process's parent, which it has the file from */
};

/* What the queueing of a request was made of, in the order in time. */
enum queue_cause {
	QUEUE_BACKLOG,	/* until accept had returned the connection */
	QUEUE_WAKEUP,	/* until the thread that waited was woken */
	QUEUE_RUNQ,	/* until it got a CPU */
	QUEUE_DISPATCH, /* until the read was called: other events first, other work */
	QUEUE_READ,	/* until the read began to copy */
	QUEUE_CAUSES,
};

/* What a thread did while it served the only request that it had open. */
enum served {
	SERVED_CPU,
	SERVED_RUNQ,
	SERVED_ASLEEP,	 /* outside I/O calls */
	SERVED_UPSTREAM, /* in I/O calls, while an upstream answered; */
	SERVED_IO,	 /* while none did */
	SERVED_KINDS,
};

/* Of which side of a connection the target is. */
enum conn_role {
	ROLE_NONE,     /* of a pair of sockets: whoever speaks first is the client */
	ROLE_SERVER,   /* the connection was accepted, or it takes datagrams of anybody */
	ROLE_CLIENT,   /* it has connected */
	ROLE_LISTENER, /* no connection: it accepts them */
};

/* The roles that have exchanges. */
enum side {
	SIDE_SERVER,
	SIDE_CLIENT,
	SIDES,
};

enum conn_state {
	CONN_IDLE,    /* the peer's turn, or nobody's */
	CONN_READY,   /* data are there that nobody has begun to read */
	CONN_SERVICE, /* a server's: read, and not answered yet */
	CONN_BLOCKED, /* what is written finds no room */
	CONN_ASKED,   /* a client's: written, and no answer is there yet */
	CONN_STATES,
};

/* What an event loop does while it is away from its events. */
enum away {
	AWAY_IO,     /* asleep in I/O calls */
	AWAY_ASLEEP, /* asleep elsewhere */
	AWAY_RUNQ,   /* awake, without a CPU */
	AWAY_CPU,    /* the rest */
	AWAY_KINDS,
};

/*
 * What is counted in the books of each thread, and added up per task. A further counter is a name
 * here and the place that counts it: adding, clearing and subtracting go through all.
 */
enum counter {
	COUNT_READS,			    /* reads that ended ok or eof, by enum way */
	COUNT_ACCEPTS = COUNT_READS + WAYS, /* accepts, by enum way */
	/* writes that ended ok, by enum way below WRITE_WAYS, of who has neither read nor accepted
	 */
	COUNT_WRITES = COUNT_ACCEPTS + WAYS,
	/* What tells the shape of the threads; see common/shape.h. */
	COUNT_SOCKET_READS = COUNT_WRITES + WRITE_WAYS, /* reads of sockets that ended ok or eof */
	COUNT_CONNECTIONS,  /* how often such a read was of another connection than before */
	COUNT_MUX_READY,    /* mux calls on several descriptors that said ready */
	COUNT_SERVED_READS, /* reads of connections that were accepted, and of datagrams of anybody
			     */
	COUNT_SERVED,	    /* how often such a read was of another connection than before */
	COUNT_ANYBODY,	    /* reads of datagrams of anybody */
	COUNT_WAKEUPS,	    /* reads of what the process said to itself: no model has them */
	COUNT_ALONE_SELECT, /* ns asleep in select on a single descriptor, */
	COUNT_ALONE_POLL,   /* and in poll */
	COUNT_STOPPED_NS,   /* ns in which it was stopped, by a signal, a tracer or a freezer */
	COUNT_FULL_WAITS,   /* epoll_waits that filled the room that they were given */
	COUNT_SCANS,	    /* selects and polls of several descriptors whose number is known, */
	COUNT_SCANNED,	    /* and these numbers, added up */
	/* Of the exchanges in the row OP_RESPONSE: ns of queueing by enum queue_cause, of service;
	 */
	COUNT_QUEUEING,
	COUNT_SERVICE_NS = COUNT_QUEUEING + QUEUE_CAUSES,
	COUNT_SERVICE, /* of that by enum served, as far as it is known; */
	COUNT_UNTIMED = COUNT_SERVICE + SERVED_KINDS, /* how many there were of which it is not
							known when they were ready. */
	COUNT_ASKED_NS,				      /* Of those in OP_ASKED: ns. */
	/* By enum side: connections with their first exchange since a snapshot, and ever; their
	 * reads and writes. */
	COUNT_CONNS,
	COUNT_CONNS_EVER = COUNT_CONNS + SIDES,
	COUNT_SIDE_READS = COUNT_CONNS_EVER + SIDES,
	COUNT_SIDE_WRITES = COUNT_SIDE_READS + SIDES,
	/* Of those in OP_ASKED, those that no struct upstream had room for, and their ns. */
	COUNT_UNPLACED = COUNT_SIDE_WRITES + SIDES,
	COUNT_UNPLACED_NS,
	/* How often a thread slept in its wait while a connection that it serves, registered
	 * edge-triggered, had data that it had left there, until more came; and for how long (ns).
	 */
	COUNT_LEFT,
	COUNT_LEFT_NS,
	/* Of turns of event loops that were slow: ns by enum away. */
	COUNT_AWAY,
	COUNTERS = COUNT_AWAY + AWAY_KINDS,
};

/*
 * What user space found in /proc about a thread that was there before us. It is written once and
 * valid for as long as the thread's op is OP_UNKNOWN: an op changes only by events that we see.
 */
union seed {
	struct {
		__u8 valid; /* enum seed_kind */
		__u8 op;
		__u8 phase;
		__u8 restart_op; /* of one that is stopped: the call that restart_syscall goes on
				    with */
	};
	__u32 word; /* written and read whole */
};

enum seed_kind {
	SEED_NONE,
	SEED_VALID,
	SEED_STOPPED, /* the same, and it is stopped: in no call, for each ends before that */
};

/* Whether an I/O signal has reached a thread. */
enum signalled {
	SIGNALLED_NOT,
	SIGNALLED_NOW,	  /* since its previous read */
	SIGNALLED_BEFORE, /* before it, and it has read on */
};

/* Sleeps whose end is remembered; see common/wake.h. */
enum wake_kind {
	WAKE_MUX,
	WAKE_READ,
	WAKES,
};

/* When the latest one ended (ns): it was woken, and it got a CPU. */
struct wake {
	__u64 woken, ran;
};

/* A thread that was let go while it lived, and may come back. */
struct let_go {
	__u64 at; /* ns */
	__u32 start;
	__u32 unused; /* a value has no holes */
};

/* Whether a thread had books before, */
enum again {
	AGAIN_NOT,
	AGAIN_SOON, /* until after the latest snapshot, in which it is counted, */
	AGAIN_LATE, /* or until before that */
};

/* The same, by what is known of the last thread that was let go under its tid. */
static inline enum again again_of(const struct let_go *left, __u32 start, __u64 snapshot)
{
	if (left->start != start)
		return AGAIN_NOT;
	return left->at > snapshot ? AGAIN_SOON : AGAIN_LATE;
}

enum {
	UNSURE_SAMPLES = 16, /* enough to find a thread that multiplexes in its mux call */
};

enum thread_state {
	THREAD_FREE,
	THREAD_LIVE, /* the kernel half writes it */
	THREAD_DEAD, /* its last word is said; user space reads and frees it */
};

/* The same of the call that the seed is about, written before it; without one as it stands at
 * birth.
 */
struct call_seed {
	__u64 arg;     /* what is kept of it, as in struct thread; */
	__u64 list;    /* of a select or poll mux_list, */
	__s32 fd;      /* how many descriptors a select was given; -1: not known, */
	__s32 watched; /* and which it watches */
};

/*
 * The books of one thread. One writer at a time: the thread itself, or the scheduler under the lock
 * of the run queue that the thread is on. Readers use seq as in a seqlock.
 */
struct thread {
	__u32 seq; /* odd while the hands move */
	__u32 state;
	__u32 tid;
	__u32 tgid;
	__u64 born;  /* when its clock was started */
	__u64 since; /* when its hands moved last */
	__u8 op;
	__u8 phase;
	__u8 resume;	 /* the phase it goes on in when it gets a CPU */
	__u8 mux_way;	 /* enum way, if its latest mux call returned ready descriptors */
	__u8 restart_op; /* the call that restart_syscall would go on with */
	__u8 resume_op;	 /* the call that it is inside of while its hands stand at OP_ASIDE */
	__u8 nowait;	 /* the call in progress asked for no waiting */
	__u8 declined;	 /* inside a traced system call that is no I/O call, as on a regular file */
	__u8 adopted;	 /* it was there before us */
	__u8 stopped;	 /* it is stopped: it waits for nobody's data */
	__u8 reads;	 /* it has read or accepted: its writes do not matter */
	__u8 again;	 /* enum again */
	union seed seed; /* user space writes it */
	__s32 fd;	 /* of the call in progress; -1: begun before we attached */
	__u8 file_kind;	 /* enum file_kind of it, if fd_decides whether the call is one of I/O */
	__u8 signalled;	 /* enum signalled */
	__u8 aio;	 /* its pread64 met a file without positions: glibc reads for aio_read */
	__u8 uring;	 /* what it has to do with io_uring, 0: nothing; see uring.bpf.h */
	__u32 requested; /* requests of the io_submit in progress that we have seen begin */
	__u32 flags;	 /* of the call in progress */
	__s32 mux_fd;	 /* what the mux call behind mux_way was called on */
	__u32 start; /* when the thread was started, as /proc tells it: it tells who has its tid */
	/* What select and poll tell; see common/told.h. */
	__s32 watched; /* the only descriptor that the latest one watched, or WATCHED_... */
	__s32 only_fd; /* of which such a call on a single descriptor said that it is ready, or a
			  peek, */
	__u8 only_way; /* and its enum way */
	__u8 told_way; /* enum way of the calls behind told[] */
	__u8 slept_in; /* without hooks on calls: the call in progress, if it has slept in it */
	__u8 unsure;   /* what it did before is not known: so many samples until it is of no use to
			  wait */
	__u32 poll_left; /* what a poll has said ready, less what was found of it */
	/* In user memory: of a poll in progress the entries, of a select the set of who may write.
	 */
	__u64 mux_list;
	__u64 told[TOLD_WORDS];
	/* The turn of an event loop, see common/turn.h. */
	__u64 begun;		   /* ns: when the call in progress began */
	__u64 mux_begun;	   /* ns: when the latest mux call began, */
	__u64 mux_ended;	   /* and when it ended */
	__u64 turn;		   /* ns: when the turn in progress began, 0: there is none */
	__u64 turn_then[AWAY_CPU]; /* ns by enum away, since birth, when it began */
	__u32 turn_events;	   /* what the wait before it said ready, 0: nothing */
	__u32 selects;		   /* of several descriptors: of some the descriptors are counted */
	__u64 signal_wait;	   /* ns[app][wait] when the latest I/O signal reached it */
	struct call_seed seed_call; /* user space writes it */
	__u64 aio_context;	    /* that the io_getevents in progress was given; 0: not known */
	__u64 length;		    /* its third argument, or, of splice, its fifth */
	__u64 arg;    /* the argument of the call in progress that op_traits.kept tells */
	__u64 copied; /* ns: when it began to copy socket data, 0: it has not */
	struct wake wake[WAKES];
	/* Requests that it has read and not answered yet, see conns/served.bpf.h. */
	__u32 open;    /* how many; another thread may answer one */
	__u8 sole;     /* since there was none, there has been one at a time */
	__u8 asked;    /* an upstream has answered since it was read */
	__u8 turn_way; /* enum way of the wait that the turn in progress began with */
	__u8 refused; /* a write of it found no room since it has left data, see conns/left.bpf.h */
	__u64 phase_ns[PHASES];		    /* ns, in all calls: */
	__u64 phase_then[PHASES], app_then; /* when it was read; of these asleep outside I/O */
	__u64 wait_then;		    /* ns[op][wait] when the call began */
	__u64 busy_then;		    /* ns[op][cpu] + ns[op][copy] when the call began */
	__u32 row[MAX_OPS];		    /* index into rows, 0: none yet */
	__u64 ns[OPS_TIMED][PHASES];
	__u64 count[COUNTERS];
	__s32 inflight[REQUESTS]; /* requests that it has made; any thread may complete them */
	__u32 family; /* the process that was asked for, as user space says of the first ones */
	/* What tells the shape of the threads; see common/shape.h. */
	__s32 read_fd;	  /* the socket read last; -1: the next read begins a further connection */
	__s32 served_fd;  /* the same of those whose peer is a client or anybody, */
	__s32 other_fd;	  /* and of the others */
	__u8 served_peer; /* enum peer of served_fd */
	__u8 registered, nonblocking, shape_pad; /* what it reads, see light_begins() */
	__u32 epoll_set;  /* a number of the first epoll set that told it something; 0: none */
	__u32 poll_list;  /* and of where the list lies of the latest poll that did */
	__u32 parent;	  /* of a process's first thread: the process that made it, 0: not known */
	__u32 accepts_at; /* a number of where it has accepted first, 0: none */
	/* A number of where the connections come in that it has accepted, or of clients read,
	 * first; 0: none. */
	__u64 listener;
	char comm[COMM_LEN]; /* since birth, or adoption, and the latest change */
	/* Without hooks on calls: how often it was found on a CPU in each; see light.bpf.h. */
	__u32 sampled[OPS_TIMED];
	/* enum way of the select or poll in which it has slept last, or was found by a sample; */
	__u8 mux_found;
	__u8 ready_way; /* by which epoll was told of the data that it reads, WAY_NONE: by none */
	__u8 taken;	/* enum taken: who has accepted the first client that it has read; and */
	__u8 new_conn;	/* whether the socket that it reads was not read before */
	__u32 segment_pad[8]; /* see THREADS_SHIFT: as many as the assertion below wants */
};

/*
 * Percentiles: log-linear buckets. Octave 0 holds 0..15 ns exactly, octave n >= 1 holds
 * [2^(n+3), 2^(n+4)) ns in 16 equal steps, so a bucket is at most 1/16 of its values wide.
 */
enum {
	OCTAVES = 44, /* the last one ends at 2^47 ns, 39 hours; what is longer counts there */
	STEPS = 16,
	BUCKETS = OCTAVES * STEPS,
};

struct octave {
	__u64 step[STEPS];
};

enum {
	ERRORS_KEPT = 5, /* errnos of one call of one thread that are told apart, the first ones */
	ERRNO_BITS = 12, /* of an errno; what a call returns is never below -4095 */
	ERRNO_MASK = (1 << ERRNO_BITS) - 1,
};

/*
 * What one call of one thread came to. The number of calls is the sum of the outcomes. In the row
 * of an enum request, `wait` holds the times from submission to completion; in those of the turns
 * of event loops it holds their lengths, and `busy` and `bytes` numbers of events.
 */
struct row {
	__u64 outcome[OUTCOMES];
	__u64 bytes;
	__u64 peeks;		  /* reads that have left the data where they are */
	__u64 error[ERRORS_KEPT]; /* an errno, and ERRNO_BITS above it how often; 0: none yet */
	__u64 wait_max;
	__u64 busy_max;
	__u32 wait[OCTAVES]; /* index into octaves, 0: none yet; only calls that slept are in it */
	__u32 busy[OCTAVES];
	__u64 segment_pad; /* see ROWS_SHIFT */
};

#include "common/change.h"
#include "common/lost.h"
#include "common/sockets.h"

_Static_assert(sizeof(union seed) == 4, "a seed is written in one store");
#define FILLS_PAGES(type, shift) ((sizeof(type) << (shift)) % SEGMENT_PAGE == 0)
_Static_assert(FILLS_PAGES(struct thread, THREADS_SHIFT) && FILLS_PAGES(struct row, ROWS_SHIFT) &&
		       FILLS_PAGES(struct octave, OCTAVES_SHIFT) &&
		       FILLS_PAGES(struct upstream, UPSTREAMS_SHIFT),
	       "a segment fills pages");
_Static_assert(TIDS_PER_PAGE * sizeof(__u16) == 4096, "a page of tids");

#endif
