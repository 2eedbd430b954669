/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/sockets.h - what both halves know of sockets: the books of connections, listening ones,
 * and upstreams. A part of abi.h, which includes it.
 */
#ifndef IOPHASE_COMMON_SOCKETS_H
#define IOPHASE_COMMON_SOCKETS_H

/* Whether the latest read has left data in a socket that is registered edge-triggered: of these
 * nobody tells any more. */
enum left {
	LEFT_NOTHING,
	LEFT_BEHIND,
	LEFT_FOLLOWED, /* more has come since: of that it is told */
};

/*
 * The books of one connection: of a socket, by the kernel's own pointer to it. Times in ns. Data
 * become ready in the context of whoever sent them; all else is written under `lock`.
 *
 * The order is by cache lines: a socket's storage has eight bytes of its own before this. The first
 * line goes from CPU to CPU with each request: all that is looked at when data become ready is in
 * it.
 */
struct conn {
	__u64 lock;
	__u64 ready_at;	    /* when the first unread data were ready, 0: there are none */
	__u8 role;	    /* enum conn_role */
	__u8 state;	    /* enum conn_state */
	__u8 known;	    /* whether it was looked up when it was accepted */
	__u8 untimed;	    /* the request in service: it is not known when it was ready */
	__u8 unread_answer; /* it is ready since what was asked is answered */
	__u8 left;	    /* enum left */
	__u8 gone;	    /* it is let go, and its lock is held for good */
	__u8 given_up;	    /* its client was gone while a request was in service */
	__u64 since;	    /* when its hand moved last */
	__u64 begun;	    /* the service, or what was asked */
	__u64 accepted;	    /* when accept returned it, 0: not known */
	__u32 tgid, tid;    /* who read or wrote last */
	/* The second line. */
	__u32 opener;	/* who has read the request in service */
	__u32 upstream; /* index of the one asked last, 0: none yet */
	__u64 reads, writes, bytes_in, bytes_out, exchanges;
	__u64 counted;	/* when it was counted among the connections last, 0: never */
	__u64 queueing; /* of the request in service, */
	/* The third. */
	__u64 part[QUEUE_CAUSES];
	__u64 service;	   /* and the time until it was answered */
	__u64 answered_at; /* when the answer to what was asked was ready */
	__u64 born;	   /* accepted, connected, or seen first */
	/* The fourth. */
	__u64 ns[CONN_STATES];
	__u64 followed_at; /* when more came than was left */
	__u8 booked;	   /* counted among those that have books; see conns/limit.bpf.h: */
	__u8 walk;	   /* the latest one that it was seen in */
	__u8 watched;	   /* enum way: light: by which epoll was told of what is ready */
	__u8 last_pad[5];
};

_Static_assert(__builtin_offsetof(struct conn, opener) == 64 - 8, "the first line ends here");

enum {
	UNIX_NAME_MAX = 108, /* bytes */
	UNIX_NAME_LEN = 112, /* whole words */
};

enum {
	LISTENERS_MAX = 1024,
};

/* A listening TCP socket of a target: of its queue of connections that wait to be accepted. */
struct listener {
	__u64 socket;  /* the kernel's own pointer to it */
	__u32 tgid;    /* whose it is: who has listened, or had it first at the attach */
	__u32 limit;   /* how many may wait, less one */
	__u32 waiting; /* how many do */
	__u32 most;    /* at most since the look before */
	__u32 ever;    /* and since it is known */
	__u32 dropped; /* packets of handshakes, since the look before, when there was no room */
	__u32 drops;   /* and ever, as the kernel counts them */
	__u32 closed;  /* it listens no more */
	__u32 look;    /* the number of the latest look, so that each is told once */
};

/* Whom a process asks. */
struct upstream_key {
	__u32 tgid;	  /* 0: of a place that is free */
	__u16 family;	  /* AF_INET, AF_INET6, AF_UNIX */
	__u16 port;	  /* 0: the socket is not connected, datagrams go to anybody */
	__u64 address[2]; /* as it is on the wire; of AF_UNIX a hash of the name, 0: it has none */
};

/* What answers took that a process got from one address. Its threads share it. */
struct upstream {
	struct upstream_key key;
	char name[UNIX_NAME_LEN]; /* of AF_UNIX; of an abstract one the first byte is 0 */
	__u64 lock;		  /* only for `max`, and places for octaves */
	__u64 asked;		  /* answers; */
	__u64 ns, max;		  /* how long they took, in all and at most */
	/* With their first answer since a snapshot, and ever. */
	__u64 connections, connections_ever;
	__u32 took[OCTAVES];  /* index into octaves, 0: none yet; what took 0 ns is not in it */
	__u64 segment_pad[3]; /* see UPSTREAMS_SHIFT */
};

/* A read or a write of a connection has ended: its times (ns). */
struct conn_moment {
	__u64 called;	  /* the call was */
	__u64 begun;	  /* of a read: to copy, as far as that is known */
	__u64 now;	  /* only of a write that slept */
	struct wake wake; /* the thread's latest one that may have been for this */
	bool slept, again;
};

#endif
