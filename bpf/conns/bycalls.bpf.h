/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bycalls.bpf.h - the connection's clock where the kernel does not tell when data are ready in a
 * socket, nor of its reads and writes (before 6.3).
 *
 * What goes in: calls that have ended. What comes out: exchanges, as in exchanges.bpf.h. A request
 * counts as ready when the thread that reads it was woken, or, if it did not sleep, was told of it:
 * what it waited before is not seen. A connection is known by its socket's address and the number
 * of its inode, so that books of an earlier socket at the same address are told from its own. Two
 * threads that use one connection at the same moment may get its hand wrong: these kernels have no
 * lock for that.
 */
#ifndef IOPHASE_CONNS_BYCALLS_BPF_H
#define IOPHASE_CONNS_BYCALLS_BPF_H

enum {
	SEEN_MAX = 16384, /* connections; the least active ones are forgotten */
};

struct seen {
	struct conn conn;
	__u64 inode;
};

/* The connections, by the addresses of their sockets. User space makes it small if it is not used.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct seen);
	__uint(max_entries, SEEN_MAX);
} seen SEC(".maps");

/* What the books of a connection are made from. */
static const volatile struct seen unseen = {};

/* The books of a connection, opened at `at` (ns) if there are none yet; NULL if there is no room.
 */
static __always_inline struct conn *conn_seen(struct file *file, struct sock *sk, __u32 family,
					      __u64 at)
{
	__u64 key = (__u64)sk, inode = BPF_CORE_READ(file, f_inode, i_ino);
	struct seen *s = bpf_map_lookup_elem(&seen, &key);

	if (s && s->inode == inode)
		return &s->conn;
	if (s && s->conn.state == CONN_SERVICE)
		served_over(&s->conn);
	bpf_map_update_elem(&seen, &key, (const void *)&unseen, BPF_ANY);
	s = bpf_map_lookup_elem(&seen, &key);
	if (!s) {
		lose(LOST_CONNECTIONS);
		return 0;
	}
	s->inode = inode;
	conn_start(&s->conn, role_by_peer(sk, family), at);
	return &s->conn;
}

/* When what thread t reads from c was ready at the latest (ns): it was woken, or told, since the
 * connection was used last; 0: that is not known. */
static __always_inline __u64 ready_by_call(const struct thread *t, const struct conn *c,
					   const struct conn_moment *m)
{
	if (m->wake.woken > c->since)
		return m->wake.woken;
	return t->mux_ended > c->since ? t->mux_ended : 0;
}

/* Thread t has ended a read of connection c, which returned ret, or has only peeked. */
static __always_inline void seen_read(struct thread *t, struct conn *c, long ret, bool peeked)
{
	struct conn_moment m = {};

	read_call_moment(&m, t);
	if (!c->ready_at)
		c->ready_at = ready_by_call(t, c, &m);
	if (!peeked)
		exchange_read(t, c, &m, ret);
	else if (!c->ready_at)
		c->ready_at = m.begun;
}

/* Thread t has ended a write to connection c, which returned ret. */
static __always_inline void seen_write(struct thread *t, struct conn *c, long ret, bool slept)
{
	struct conn_moment m = {
		.called = t->begun,
		.now = t->since,
		.slept = slept,
		.again = ret == -EAGAIN,
	};

	exchange_write(t, c, &m, ret);
}

/* Whether a call of thread t that returned ret tells something of a connection. */
static __always_inline bool tells_of_conn(const struct thread *t,
					  const volatile struct op_traits *traits, long ret)
{
	__u32 aside = MSG_ERRQUEUE | MSG_OOB;

	switch (traits->op_class) {
	case CLASS_READ:
		return ret >= 0 && t->fd >= 0 && !(traits->special && t->flags & aside);
	case CLASS_WRITE:
		return (ret >= 0 || ret == -EAGAIN) && t->fd >= 0;
	case CLASS_ACCEPT:
		return ret >= 0;
	}
	return false;
}

/* The current thread has ended call op with ret; it slept in it, or not. */
__noinline int conn_of_call(__u32 op, long ret, __u32 slept)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];
	struct thread *t = thread_current();
	__u32 family, type, class = traits->op_class;
	struct file *file;
	struct conn *c;
	struct sock *sk;

	if (!t)
		return 0;
	/* Of a wait that did not sleep no wake-up tells. */
	if (class == CLASS_MUX && !slept)
		t->wake[WAKE_MUX].woken = 0;
	if (!tells_of_conn(t, traits, ret))
		return 0;
	file = file_of(class == CLASS_ACCEPT ? (__u32)ret : t->fd);
	sk = file ? sock_of(file) : 0;
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	type = BPF_CORE_READ(sk, sk_type);
	if (!kind_counts(family, type) || sock_is_of_pair(sk) ||
	    (class == CLASS_READ && !ret && type != SOCK_DGRAM))
		return 0;
	undisturbed_begin();
	c = conn_seen(file, sk, family, class == CLASS_ACCEPT ? t->since : t->begun);
	if (c && class == CLASS_READ)
		seen_read(t, c, ret, traits->special && t->flags & MSG_PEEK);
	else if (c && class == CLASS_WRITE)
		seen_write(t, c, ret, slept);
	undisturbed_end();
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(seen_closed, struct sock *sk, int before, int now)
{
	__u64 key = (__u64)sk;
	struct seen *s;

	if (!armed || now != TCP_CLOSE)
		return 0;
	s = bpf_map_lookup_elem(&seen, &key);
	if (!s)
		return 0;
	/* Nobody will answer. */
	if (s->conn.state == CONN_SERVICE)
		served_over(&s->conn);
	bpf_map_delete_elem(&seen, &key);
	return 0;
}

#endif
