/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/conn_limit.h - which connections are let go when there are too many.
 *
 * What goes in: the books of a connection, and what is to go. What comes out: whether it goes. It
 * holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_CONN_LIMIT_H
#define IOPHASE_COMMON_CONN_LIMIT_H

#include "common/bounded.h"
#include "common/conn.h"
#include "common/hist.h"

/* How it is known how many connections have books. */
enum conns_kind {
	CONNS_CLOSING, /* those of TCP: it tells when one is closed */
	CONNS_OTHER,   /* of the others user space counts now and then how many there are */
	CONNS_KINDS,
};

/* The order in which connections go, and in each of these the one used longest ago first. */
enum conn_group {
	CONN_UNUSED, /* nothing is lost */
	CONN_AMID,   /* an exchange may be: it is not over */
	CONN_GROUPS,
};

/* What goes: the groups before this one, of it all that are older than that, and so many more that
 * are just so old: buckets of common/hist.h. */
struct conn_quota {
	__u32 group;
	__u32 age;
	__u64 left;
};

/* Whether an exchange has begun that would not be counted if the connection went. */
static __always_inline bool conn_is_amid(const struct conn *c)
{
	return c->state == CONN_SERVICE || c->state == CONN_ASKED || c->unread_answer;
}

/* The group of a connection: what is ready and unread counts as in use. */
static __always_inline __u32 conn_group(const struct conn *c)
{
	return c->state == CONN_IDLE && !c->ready_at ? CONN_UNUSED : CONN_AMID;
}

/* Whether a connection goes at `at` (ns); what has been used since then is the youngest. */
static __always_inline bool conn_goes(struct conn_quota *q, const struct conn *c, __u64 at)
{
	__u32 group = conn_group(c), age = hist_bucket(later_by(at, c->since));

	if (group != q->group)
		return group < q->group;
	if (age != q->age)
		return age > q->age;
	if (!q->left)
		return false;
	q->left--;
	return true;
}

#endif
