/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * upstreams.bpf.h - what upstreams took to answer, by process and address.
 *
 * What goes in: an answer that a thread has got on a connection that its process has made. What
 * comes out: struct upstreams, which user space has in its memory. One is taken from their pool for
 * each process and address, and stays with it; its index is remembered by the connection, so that
 * it is looked up by its key once for each connection.
 */
#ifndef IOPHASE_CONNS_UPSTREAMS_BPF_H
#define IOPHASE_CONNS_UPSTREAMS_BPF_H

enum {
	GROW_TRIES = 16, /* each is work for the verifier, and what is locked is short and rare */
};

/* The index of each. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct upstream_key);
	__type(value, __u32);
	__uint(max_entries, 1);
} upstream_by_key SEC(".maps");

/* How many were taken from the pool, at least: those with a higher index are free. */
__u32 upstreams_used = 0;

/* The name of a UNIX socket as words, so that a hash of it takes few steps. */
struct unix_name {
	__u64 word[UNIX_NAME_LEN / 8];
};

/* Fills in whom an IP socket is connected to. An IPv4 address is the same in both families; who is
 * not connected has none. */
static __always_inline void key_of_ip(struct upstream_key *key, struct sock *sk)
{
	struct sock_common *common = &sk->__sk_common;
	__u32 a[4] = {};

	key->family = AF_INET;
	key->port = bpf_ntohs(common->skc_dport);
	if (!key->port)
		return;
	if (common->skc_family == AF_INET || !bpf_core_field_exists(common->skc_v6_daddr)) {
		key->address[0] = common->skc_daddr;
		return;
	}
	for (int i = 0; i < 4; i++)
		a[i] = common->skc_v6_daddr.in6_u.u6_addr32[i];
	if (!(a[0] | a[1] | (a[2] ^ bpf_htonl(0xffff)))) {
		key->address[0] = a[3];
		return;
	}
	key->family = AF_INET6;
	key->address[0] = a[0] | (__u64)a[1] << 32;
	key->address[1] = a[2] | (__u64)a[3] << 32;
}

/* Fills in the name of a UNIX socket's peer, which is that of its listener, and its hash; nothing
 * if it has none, as those of a pair. */
static __always_inline void key_of_unix(struct upstream_key *key, struct unix_name *name,
					struct unix_sock *sk)
{
	struct unix_sock *peer = (struct unix_sock *)BPF_CORE_READ(sk, peer);
	struct unix_address *at = peer ? BPF_CORE_READ(peer, addr) : 0;
	__u64 length;

	key->family = AF_UNIX;
	if (!at)
		return;
	length = (__u32)BPF_CORE_READ(at, len) - sizeof(at->name[0].sun_family);
	barrier_var(length);
	if (length > UNIX_NAME_MAX)
		length = UNIX_NAME_MAX;
	bpf_probe_read_kernel(name, length, &at->name[0].sun_path);
#pragma unroll
	for (__u32 i = 0; i < UNIX_NAME_LEN / 8; i++)
		key->address[0] = (key->address[0] ^ name->word[i]) * 0x9e3779b97f4a7c15ULL;
	/* Of products the low bits tell little. */
	key->address[1] = key->address[0] >> 32;
}

/* Whether two keys are the same; without a branch, see later_by(). */
static __always_inline bool key_is(const struct upstream_key *a, const struct upstream_key *b)
{
	__u64 other = a->tgid ^ b->tgid;

	other |= a->family ^ b->family;
	other |= a->port ^ b->port;
	other |= a->address[0] ^ b->address[0];
	other |= a->address[1] ^ b->address[1];
	return !other;
}

/* Takes one from the pool for a key; its index, 0 if there is none. */
static __always_inline __u32 upstream_new(const struct upstream_key *key,
					  const struct unix_name *name)
{
	struct upstream *u;
	__u32 index = take_upstream(), *other;

	if (!index)
		return 0;
	__sync_fetch_and_add(&upstreams_used, 1);
	u = upstream_at(index);
	if (!u)
		return 0;
	__builtin_memcpy(u->name, name, sizeof(u->name));
	clock_barrier();
	u->key = *key;
	if (!bpf_map_update_elem(&upstream_by_key, key, &index, BPF_NOEXIST))
		return index;
	/* Another CPU was quicker. */
	u->key.tgid = 0;
	bpf_map_push_elem(&fresh_upstreams, &index, 0);
	other = bpf_map_lookup_elem(&upstream_by_key, key);
	return other ? *other : 0;
}

/* What process t's answers on a connection count in; NULL if there is no room. */
static __noinline struct upstream *upstream_of(const struct thread *t, struct conn *c,
					       struct sock *sk)
{
	bool is_unix = sk->__sk_common.skc_family == AF_UNIX;
	struct upstream *u = upstream_at(c->upstream);
	struct upstream_key key = {.tgid = t->tgid};
	struct unix_name name = {};
	__u32 *index;

	/* Only datagrams may go to another one from now on. */
	if (u && is_unix && u->key.tgid == key.tgid && sk->sk_type != SOCK_DGRAM)
		return u;
	if (is_unix)
		key_of_unix(&key, &name, (struct unix_sock *)sk);
	else
		key_of_ip(&key, sk);
	if (u && key_is(&u->key, &key))
		return u;
	index = bpf_map_lookup_elem(&upstream_by_key, &key);
	c->upstream = index ? *index : upstream_new(&key, &name);
	return c->upstream ? upstream_at(c->upstream) : 0;
}

/* Does what only one CPU at a time may: a place for an octave, unless it has one; the longest (ns)
 * so far. Both are rare. */
static __noinline int upstream_grow(struct upstream *u, __u32 octave, __u64 ns)
{
	__u32 *slot;

	if (!u)
		return 0;
	if (!lock_take(&u->lock, GROW_TRIES)) {
		lose(LOST_SAMPLES);
		return 0;
	}
	slot = &u->took[bounded(octave, OCTAVES)];
	if (ns > u->max)
		u->max = ns;
	if (!*slot)
		*slot = take_octave();
	if (!*slot)
		lose(LOST_SAMPLES);
	lock_give(&u->lock);
	return 0;
}

/* Counts an answer that took so long (ns). Threads of a process share the upstream. */
static __always_inline void upstream_answered(struct upstream *u, __u64 ns)
{
	__u32 bucket = hist_bucket(ns), *slot = &u->took[bounded(bucket / STEPS, OCTAVES)];
	struct octave *octave;

	__sync_fetch_and_add(&u->asked, 1);
	__sync_fetch_and_add(&u->ns, ns);
	if (!*slot || ns > u->max)
		upstream_grow(u, bucket / STEPS, ns);
	octave = *slot ? octave_at(*slot) : 0;
	if (octave)
		__sync_fetch_and_add(&octave->step[bucket % STEPS], 1);
}

/* Counts an answer that thread t has got on connection c by the address of the upstream; the
 * connection had been counted before at that time (ns), or never, 0. */
static __noinline int upstream_asked(struct thread *t, struct conn *c, struct sock *sk,
				     __u64 counted)
{
	__u64 ns = c->answered_at - c->begun;
	struct upstream *u = upstream_of(t, c, sk);

	if (!u) {
		t->count[COUNT_UNPLACED]++;
		t->count[COUNT_UNPLACED_NS] += ns;
		lose(LOST_UPSTREAMS);
		return 0;
	}
	upstream_answered(u, ns);
	if (c->counted != counted) {
		__sync_fetch_and_add(&u->connections, 1);
		__sync_fetch_and_add(&u->connections_ever, !counted);
	}
	return 0;
}

#endif
