/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rows.bpf.h - connections are told one by one, when user space asks.
 *
 * What goes in: an iterator over the files of a process. What comes out: a struct conn_row of each
 * connection among them that has books. Nothing is locked: who uses a connection meanwhile is not
 * to wait, so books that move while they are copied are left to another walk. So are connections
 * that another process has used last, which may have them too: that one goes first.
 */
#ifndef IOPHASE_CONNS_ROWS_BPF_H
#define IOPHASE_CONNS_ROWS_BPF_H

/* What is read, set by user space before each walk. */
__u32 reading = 0;	    /* its number: each connection is in it once */
__u64 reading_at = 0;	    /* ns: as of when */
bool reading_whole = false; /* since birth, not since the reading before */
bool reading_left = false;  /* also those that another process has used last */

/* One walk at a time: what a connection is put together in. */
static struct conn row_conn = {};
static struct conn_row row = {};
static __u32 row_took[CONN_BUCKETS] = {};
static const __u32 row_none[CONN_BUCKETS] = {};

/* Copies books that others may write; false if they have. */
static __always_inline bool conn_copy(struct conn *to, const struct conn *c)
{
	const volatile struct conn *now = c;

	if (now->lock)
		return false;
	clock_barrier();
	__builtin_memcpy(to, c, sizeof(*to));
	clock_barrier();
	return !now->lock && now->since == to->since && now->reads == to->reads &&
	       now->writes == to->writes && now->bytes_in == to->bytes_in &&
	       now->bytes_out == to->bytes_out;
}

/* The name of a UNIX socket, or which one it is. */
static __always_inline void unix_address(struct conn_address *a, struct sock *sk)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	__u32 length = address ? BPF_CORE_READ(address, len) : 0;

	a->inode = BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
	if (length <= sizeof(__u16))
		return;
	length -= sizeof(__u16); /* of the family, which comes first */
	length = bounded(length, ADDRESS_MAX + 1);
	if (!bpf_probe_read_kernel(a->bytes, length, &address->name[0].sun_path))
		a->length = length;
}

/* The addresses of a socket of TCP or UDP, with ports as people read them. */
static __always_inline void inet_addresses(struct conn_row *r, struct sock *sk)
{
	struct sock_common *common = &sk->__sk_common;

	r->local.port = BPF_CORE_READ(common, skc_num);
	r->remote.port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	if (r->family == AF_INET) {
		bpf_core_read(r->local.bytes, 4, &common->skc_rcv_saddr);
		bpf_core_read(r->remote.bytes, 4, &common->skc_daddr);
		r->local.length = r->remote.length = 4;
	} else if (bpf_core_field_exists(common->skc_v6_daddr)) {
		bpf_core_read(r->local.bytes, 16, &common->skc_v6_rcv_saddr);
		bpf_core_read(r->remote.bytes, 16, &common->skc_v6_daddr);
		r->local.length = r->remote.length = 16;
	}
}

/* Who a socket is: kind and addresses. */
static __always_inline void row_identify(struct conn_row *r, struct sock *sk)
{
	struct sock *peer;

	r->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	r->type = BPF_CORE_READ(sk, sk_type);
	r->protocol = BPF_CORE_READ(sk, sk_protocol);
	__builtin_memset(&r->local, 0, sizeof(r->local));
	__builtin_memset(&r->remote, 0, sizeof(r->remote));
	if (r->family != AF_UNIX) {
		inet_addresses(r, sk);
		return;
	}
	unix_address(&r->local, sk);
	peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
	if (peer)
		unix_address(&r->remote, peer);
}

/* What came of a connection: row_conn, with details d, whose latest times are in row_took. Its sums
 * are those since birth. */
static __always_inline void row_fill(struct conn_row *r, struct conn_detail *d)
{
	struct conn *c = &row_conn;
	bool since = d->read_at && !reading_whole;

	r->from = since ? d->read_at : c->born;
	r->to = conn_sums_until(c, reading_at, &r->sums);
	r->role = c->role;
	r->state = c->state;
	r->way = d->way;
	conn_percentiles(row_took, since ? d->took_then : row_none, &r->p50, &r->p99);
}

/* Whose it is, by the file that is shown. */
static __always_inline void row_owner(struct conn_row *r, struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return;
	r->fd = ctx->fd;
	r->tgid = task->tgid;
	r->tid = row_conn.tgid == r->tgid ? row_conn.tid : 0;
}

/* A row is told: the next reading goes on from there. */
static __always_inline void row_told(struct conn_detail *d, const struct conn_sums *now)
{
	d->reading = reading;
	if (reading_whole)
		return;
	d->read_at = row.to;
	d->then = *now;
	__builtin_memcpy(d->took_then, row_took, sizeof(row_took));
}

/* Whether the books of a socket are those of a connection, which is not over and was there then. */
static __always_inline bool is_connection(const struct conn *c)
{
	return c->booked && c->born < reading_at && c->role != ROLE_LISTENER;
}

/* Whether it is the turn of a connection of which a process has a file. */
static __always_inline bool is_turn_of(const struct conn *c, struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;

	return task && (!c->tgid || c->tgid == (__u32)task->tgid || reading_left);
}

SEC("iter/task_file")
int tell_connections(struct bpf_iter__task_file *ctx)
{
	struct sock *sk = sock_shown(ctx);
	struct conn *c = sk ? bpf_sk_storage_get(&conns, sk, 0, 0) : 0;
	struct conn_sums now;
	struct conn_detail *d;

	if (!c || !is_connection(c) || !is_turn_of(c, ctx))
		return 0;
	d = detail_of(sk);
	if (!d) {
		lose(LOST_CONNECTIONS);
		return 0;
	}
	if (d->reading == reading || !conn_copy(&row_conn, c))
		return 0;
	__builtin_memcpy(row_took, d->took, sizeof(row_took));
	row_fill(&row, d);
	now = row.sums;
	if (d->read_at && !reading_whole)
		conn_sums_subtract(&row.sums, &d->then);
	row_owner(&row, ctx);
	row_identify(&row, sk);
	/* Without room it is shown once more, when user space has taken what is there. */
	if (!bpf_seq_write(ctx->meta->seq, &row, sizeof(row)))
		row_told(d, &now);
	return 0;
}

#endif
