/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/conn_row.h - a connection by itself: what is kept of it beside its clock, and how it is
 * told.
 *
 * What goes in: the books of a connection, and how long its exchanges took (ns). What comes out: a
 * struct conn_row: what came of it between two readings. The times by state add up to the time
 * between them. It holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_CONN_ROW_H
#define IOPHASE_COMMON_CONN_ROW_H

#include "common/bounded.h"
#include "common/conn.h"
#include "common/hist.h"

enum {
	/* Octaves of ns, the first from 0, the second from 2^12 on; a bucket is a quarter of one.
	 */
	CONN_STEPS = 4,
	CONN_OCTAVES = 26, /* what is longer than 2^37 ns, 137 s, counts in the last one */
	CONN_BUCKETS = CONN_OCTAVES * CONN_STEPS,
	CONN_LOG2 = 11,
	ADDRESS_MAX = UNIX_NAME_LEN,
};

/* What came of a connection: ns by state, and counts. */
struct conn_sums {
	__u64 ns[CONN_STATES];
	__u64 reads, writes, bytes_in, bytes_out, exchanges;
};

/* What is kept beside the clock if connections are to be told one by one. With what the kernel puts
 * before it, it fits into 1 KiB. */
struct conn_detail {
	__u64 read_at;	       /* ns: until when it has been told, 0: it has not */
	struct conn_sums then; /* what had come of it by then */
	__u32 took_then[CONN_BUCKETS];
	__u32 took[CONN_BUCKETS]; /* exchanges by how long they took */
	__u32 reading;		  /* the number of the latest reading that it was in */
	__u8 way;		  /* enum way of its latest read */
	__u8 pad[3];
};

/* An address of a socket. */
struct conn_address {
	__u16 port;
	__u16 length; /* of the bytes; 0: a UNIX socket without a name */
	__u32 inode;  /* of a UNIX socket, 0: not known */
	__u8 bytes[ADDRESS_MAX];
};

/* A connection between two readings. */
struct conn_row {
	__u64 from, to; /* ns: the time that it is about */
	struct conn_sums sums;
	__u32 p50, p99; /* buckets of how long its exchanges took, CONN_BUCKETS: there were none */
	__u32 tgid;	/* whose it is: of several processes who read or wrote last, if it still */
	__u32 tid;	/* has it; and which thread, 0: none, or of another process */
	__u32 fd;	/* by which the process has it */
	__u16 family, type, protocol;
	__u8 role;  /* enum conn_role */
	__u8 state; /* enum conn_state, at the end */
	__u8 way;   /* enum way of its latest read */
	__u8 pad[5];
	struct conn_address local, remote;
};

_Static_assert(sizeof(struct conn_detail) <= 1024 - 72, "it fits into 1 KiB");
_Static_assert(sizeof(struct conn_row) % 8 == 0, "rows lie one behind the other");

/* The bucket of how long an exchange took (ns). */
static __always_inline __u32 conn_bucket(__u64 ns)
{
	__u32 log2;

	if (ns < 1ULL << CONN_LOG2)
		return 0;
	log2 = hist_log2(ns);
	if (log2 - CONN_LOG2 >= CONN_OCTAVES)
		return CONN_BUCKETS - 1;
	return (log2 - CONN_LOG2) * CONN_STEPS + ((ns >> (log2 - 2)) & (CONN_STEPS - 1));
}

/* What has come of a connection until `at` (ns), or its latest event, if that was later; returns
 * until when. */
static __always_inline __u64 conn_sums_until(struct conn *c, __u64 at, struct conn_sums *sums)
{
	if (at < c->since)
		at = c->since;
	conn_settle(c, at);
	conn_move(c, at, c->state);
	for (int i = 0; i < CONN_STATES; i++)
		sums->ns[i] = c->ns[i];
	sums->reads = c->reads;
	sums->writes = c->writes;
	sums->bytes_in = c->bytes_in;
	sums->bytes_out = c->bytes_out;
	sums->exchanges = c->exchanges;
	return at;
}

/* Takes earlier sums off later ones. */
static __always_inline void conn_sums_subtract(struct conn_sums *from, const struct conn_sums *then)
{
	for (int i = 0; i < CONN_STATES; i++)
		from->ns[i] -= then->ns[i];
	from->reads -= then->reads;
	from->writes -= then->writes;
	from->bytes_in -= then->bytes_in;
	from->bytes_out -= then->bytes_out;
	from->exchanges -= then->exchanges;
}

/* 1 if a is less than b, else 0; numbers below 2^63. No branch: the verifier would follow it. */
static __always_inline __u32 is_less(__u64 a, __u64 b)
{
	__u64 less = a - b;

	barrier_var(less);
	return less >> 63;
}

/*
 * The buckets, of `took` less `then`, that half and 99 % of the exchanges do not exceed;
 * CONN_BUCKETS if there were none.
 */
static __always_inline void conn_percentiles(const __u32 *took, const __u32 *then, __u32 *p50,
					     __u32 *p99)
{
	__u64 all = 0, sum = 0;

	*p50 = *p99 = 0;
	for (int i = 0; i < CONN_BUCKETS; i++)
		all += (__u32)(took[i] - then[i]);
	for (int i = 0; i < CONN_BUCKETS; i++) {
		sum += (__u32)(took[i] - then[i]);
		*p50 += is_less(sum * 2, all) | !all;
		*p99 += is_less(sum * 100, all * 99) | !all;
	}
}

#endif
