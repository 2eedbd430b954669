/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * limit.bpf.h - so many connections have books at most: those used longest ago are let go first.
 *
 * What goes in: iterators over the files of processes, when user space finds that there are too
 * many. What comes out: first their number, and how many were used how long ago; then those go that
 * user space has chosen by that. Who is let go gets new books at the next read or write. What it
 * had counted for its threads is in their books.
 */
#ifndef IOPHASE_CONNS_LIMIT_BPF_H
#define IOPHASE_CONNS_LIMIT_BPF_H

/* Set by user space before each walk: as of when (ns), and its number. */
__u64 limit_at = 0;
__u8 limit_walk = 0;

/* What was counted: those that do not tell when they are closed; and of all those that may go, by
 * what is lost with them and by their age. */
__u64 limit_other = 0;
__u32 limit_ages[CONN_GROUPS][BUCKETS] = {};

/* Which go: see common/conn_limit.h. */
struct conn_quota limit_quota = {};

/* How many have gone since the attach. */
__u64 conns_let_go = 0;

/* The books of the socket that is shown, NULL if it has none that count: each once in a walk. */
static __always_inline struct conn *conn_walked(struct sock *sk)
{
	struct conn *c = sk ? bpf_sk_storage_get(&conns, sk, 0, 0) : 0;

	if (!c || !c->booked || c->born >= limit_at || c->walk == limit_walk)
		return 0;
	c->walk = limit_walk;
	return c;
}

SEC("iter/task_file")
int count_connections(struct bpf_iter__task_file *ctx)
{
	struct sock *sk = sock_shown(ctx);
	struct conn *c = conn_walked(sk);
	__u32 group, age;

	if (!c || !sk)
		return 0;
	limit_other += closing_of(sk) == CONNS_OTHER;
	if (c->role == ROLE_LISTENER)
		return 0;
	group = conn_group(c);
	age = hist_bucket(later_by(limit_at, c->since));
	limit_ages[bounded(group, CONN_GROUPS)][bounded(age, BUCKETS)]++;
	return 0;
}

/* Lets a connection go, whose books are locked, for good. */
static __always_inline void conn_let_go(struct conn *c, struct sock *sk)
{
	if (conn_is_amid(c))
		lose(LOST_EXCHANGES);
	if (c->state == CONN_SERVICE)
		served_over(c);
	bpf_sk_storage_delete(&conns, sk);
	if (with_details)
		bpf_sk_storage_delete(&conn_details, sk);
	clock_barrier();
	/* Who waits for the lock will look at this. */
	*(volatile __u8 *)&c->gone = 1;
	__sync_fetch_and_add(&conns_open[closing_of(sk)], -1);
	conns_let_go++;
}

SEC("iter/task_file")
int let_connections_go(struct bpf_iter__task_file *ctx)
{
	struct sock *sk = sock_shown(ctx);
	struct conn *c = conn_walked(sk);

	if (!c || !sk || c->role == ROLE_LISTENER)
		return 0;
	undisturbed_begin();
	/* Who has it locked uses it. */
	if (lock_try(&c->lock)) {
		if (conn_goes(&limit_quota, c, limit_at))
			conn_let_go(c, sk);
		else
			conn_unlock(c);
	}
	undisturbed_end();
	return 0;
}

#endif
