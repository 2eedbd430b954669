/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listeners.bpf.h - connections that wait to be accepted, and those for which there was no room.
 *
 * What goes in: TCP sockets of targets that begin to listen, get a connection, or are closed; user
 * space, which asks about each that is known. What comes out: a struct listener of each. The kernel
 * counts what it drops in the socket itself.
 */
#ifndef IOPHASE_CONNS_LISTENERS_BPF_H
#define IOPHASE_CONNS_LISTENERS_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64); /* the address of the struct sock */
	__type(value, struct listener);
	__uint(max_entries, LISTENERS_MAX);
} listeners SEC(".maps");

/* Looks at the queue of a socket that listens. */
static __always_inline void listener_look(struct listener *l, struct sock *sk)
{
	__u32 waiting = BPF_CORE_READ(sk, sk_ack_backlog);

	l->limit = BPF_CORE_READ(sk, sk_max_ack_backlog);
	l->waiting = waiting;
	if (waiting > l->most)
		l->most = waiting;
	if (waiting > l->ever)
		l->ever = waiting;
}

/*
 * What the kernel has dropped since the look before, if there was no room at some time since then:
 * else it was for other reasons. With TCP_DEFER_ACCEPT it drops the last part of each handshake:
 * there it is not known.
 */
static __always_inline void listener_count(struct listener *l, struct sock *sk)
{
	__u32 drops = BPF_CORE_READ(sk, sk_drops.counter);

	if (l->most > l->limit &&
	    !BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_accept_queue.rskq_defer_accept))
		l->dropped += drops - l->drops;
	l->drops = drops;
}

/* A socket of process tgid listens; it may be known. */
static __noinline int listener_note(struct sock *sk, __u32 tgid)
{
	struct listener l = {.socket = (__u64)sk, .tgid = tgid}, *known;

	known = bpf_map_lookup_elem(&listeners, &l.socket);
	if (known && !known->closed)
		return 0;
	/* The memory of one that is closed is used again: what that has dropped is still to be
	 * told. */
	if (known && known->tgid == tgid)
		l.dropped = known->dropped;
	else if (known)
		lose(LOST_LISTENERS);
	l.drops = BPF_CORE_READ(sk, sk_drops.counter);
	listener_look(&l, sk);
	if (bpf_map_update_elem(&listeners, &l.socket, &l, BPF_ANY))
		lose(LOST_LISTENERS);
	return 0;
}

/* A connection has come in. */
static __noinline int listener_filled(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct listener *l = bpf_map_lookup_elem(&listeners, &key);

	if (l)
		listener_look(l, sk);
	return 0;
}

/* It listens no more: what it is to be known for is told at the next look. */
static __noinline int listener_closed(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct listener *l = bpf_map_lookup_elem(&listeners, &key);

	if (!l)
		return 0;
	listener_count(l, sk);
	l->waiting = 0;
	l->closed = 1;
	/* Who listens only for a moment, again and again, is to take up no room. */
	if (!l->dropped)
		bpf_map_delete_elem(&listeners, &key);
	return 0;
}

/* The number of the look, and which one is asked about, set by user space; and what is told of it.
 */
__u32 listeners_look = 0;
__u64 listener_asked = 0;
struct listener listener_told = {};

/* Returns whether it is known, and was not told in this look. */
SEC("raw_tp/look_at_listener")
int look_at_listener(void *ctx)
{
	__u64 key = listener_asked;
	struct listener *l = bpf_map_lookup_elem(&listeners, &key);

	if (!l || l->look == listeners_look)
		return 0;
	l->look = listeners_look;
	if (!l->closed) {
		listener_look(l, (struct sock *)key);
		listener_count(l, (struct sock *)key);
	}
	listener_told = *l;
	l->most = l->waiting;
	l->dropped = 0;
	return 1;
}

#endif
