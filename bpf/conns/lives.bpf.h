/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lives.bpf.h - a connection comes in, is made again, is closed; sockets that were there before us.
 *
 * What goes in: inet_sock_set_state, in whoever's context; the files of a process, one by one. What
 * comes out: books of connections and listeners, opened and closed.
 */
#ifndef IOPHASE_CONNS_LIVES_BPF_H
#define IOPHASE_CONNS_LIVES_BPF_H

enum {
	TCP_ESTABLISHED = 1, /* net/tcp_states.h */
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
};

/* A target listens: what it accepts will have books from the handshake on. */
static __always_inline void listen_begins(struct sock *sk)
{
	struct thread *t = thread_at_socket();
	struct conn *c = t ? conn_open(sk, bpf_ktime_get_ns()) : 0;

	if (ports_tell)
		call_changed(OP_NEW_PORT, 0);
	if (!c)
		return;
	c->role = ROLE_LISTENER;
	listener_note(sk, t->tgid);
}

/* A TCP connection is closed: nobody will take an answer. */
static __always_inline void conn_closed(struct conn *c)
{
	conn_gone(c);
	if (c->booked)
		__sync_fetch_and_add(&conns_open[CONNS_CLOSING], -1);
	c->booked = 0;
}

/* A TCP connection has come in: it has what its listener had. */
static __always_inline void conn_born(struct conn *c, struct sock *sk)
{
	if (!conns_have_room()) {
		bpf_sk_storage_delete(&conns, sk);
		return;
	}
	__builtin_memset(c, 0, sizeof(*c));
	conn_start(c, ROLE_SERVER, bpf_ktime_get_ns());
	conn_book(c, CONNS_CLOSING);
}

/* A socket that had been disconnected connects again. */
static __noinline int conn_again(struct conn *c)
{
	if (!c || !conn_lock(c))
		return 0;
	conn_renew(c, bpf_ktime_get_ns());
	conn_unlock(c);
	return 0;
}

/* Whether a change of state is that of a connection that comes in. One of multipath TCP is its
 * listener's copy in this, too. */
static __always_inline bool comes_in(int before, int now)
{
	return now == TCP_ESTABLISHED && (before == TCP_SYN_RECV || before == TCP_LISTEN);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, struct sock *sk, int before, int now)
{
	struct conn *c;

	if (!armed)
		return 0;
	if (now == TCP_LISTEN) {
		listen_begins(sk);
		return 0;
	}
	if (now == TCP_SYN_SENT)
		thread_at_socket();
	if (now != TCP_CLOSE && now != TCP_SYN_SENT && !comes_in(before, now))
		return 0;
	/* Most are nobody's that we know, and while we look, an interrupt that brings connections
	 * in on this CPU finds us at work: the kernel skips us for them. */
	c = sock_has_storage(sk) ? bpf_sk_storage_get(&conns, sk, 0, 0) : 0;
	if (!c)
		return 0;
	if (now == TCP_CLOSE) {
		if (before == TCP_LISTEN)
			listener_closed(sk);
		conn_closed(c);
	} else if (now == TCP_SYN_SENT) {
		conn_again(c);
		conn_book(c, CONNS_CLOSING);
	} else {
		conn_born(c, sk);
	}
	return 0;
}

/* The sockets that a process had before the attach, shown one by one. */
SEC("iter/task_file")
int look_at_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct sock *sk = sock_shown(ctx);
	struct conn *c;

	if (!sk || !task || !sock_counts(sk) || sock_is_own_of(sk, task))
		return 0;
	c = conn_open(sk, bpf_ktime_get_ns());
	if (!c)
		return 0;
	c->known = 1;
	if (renew_sockets && c->tgid == (__u32)task->tgid)
		conn_back(c);
	if (c->role != ROLE_LISTENER) {
		if (!c->ready_at && sock_has_data(sk))
			c->ready_at = c->born;
	} else if (sk->__sk_common.skc_family == AF_UNIX) {
		unix_place_note(sk, task->tgid);
	} else {
		listener_note(sk, task->tgid);
	}
	return 0;
}

#endif
