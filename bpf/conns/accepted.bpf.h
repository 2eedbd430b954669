/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * accepted.bpf.h - what is known of a connection before it is read: when it was accepted, and, of a
 * UNIX one, which has nothing of its listener's books, that it is a target's.
 *
 * What goes in: accepts of targets, their UNIX listeners from before the attach, data become ready
 * in a socket without books. What comes out: the time of the accept; books for UNIX connections,
 * opened when their first data are ready. The key is the address that a listener and what comes in
 * there share: the kernel's own struct. A listener that is younger than the attach is known from
 * its first accept on.
 */
#ifndef IOPHASE_CONNS_ACCEPTED_BPF_H
#define IOPHASE_CONNS_ACCEPTED_BPF_H

enum {
	ACCEPTED_MAX = 4096, /* accepted and not read yet; the oldest one goes first */
	PLACES_MAX = 1024,   /* where UNIX connections come in; the least used one goes first */
};

/* When accept returned a socket (ns), by its address, until it is read. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, __u64);
	__uint(max_entries, ACCEPTED_MAX);
} accepted SEC(".maps");

/* Which process accepts UNIX connections, by the address of the struct unix_address. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, __u32);
	__uint(max_entries, PLACES_MAX);
} unix_places SEC(".maps");

/* It spares the look-ups where nobody accepts such connections. */
bool any_unix_place = false;

/* A UNIX socket listens, or has been accepted, of process tgid. */
static __always_inline void unix_place_note(struct sock *sk, __u32 tgid)
{
	__u64 place = (__u64)BPF_CORE_READ((struct unix_sock *)sk, addr);

	/* Should it fail, the first request of each connection counts as untimed. */
	if (!place || bpf_map_update_elem(&unix_places, &place, &tgid, BPF_ANY))
		return;
	any_unix_place = true;
}

/* Data are ready in a UNIX socket without books: opens them if a target has, or will, accept it
 * from another process; NULL if not. */
static __noinline struct conn *unix_arrived(struct sock *sk)
{
	__u64 place = (__u64)BPF_CORE_READ((struct unix_sock *)sk, addr);
	__u32 *tgid = place ? bpf_map_lookup_elem(&unix_places, &place) : 0;

	if (!tgid || *tgid == current_tgid() || sk->sk_type == SOCK_DGRAM)
		return 0;
	return conn_open(sk, bpf_ktime_get_ns());
}

/* The current thread has accepted the connection behind a descriptor, at (ns). A function of its
 * own: the stacks of the calls that lead here may be 512 bytes in all. */
static __noinline void conn_accepted(__s32 fd, __u64 at)
{
	struct file *file;
	struct sock *sk;
	__u64 key;

	if (!with_conns)
		return;
	file = file_of(fd);
	sk = file ? sock_of(file) : 0;
	if (!sk)
		return;
	key = (__u64)sk;
	/* Should it fail, the backlog of this connection counts as dispatch. */
	bpf_map_update_elem(&accepted, &key, &at, BPF_ANY);
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_UNIX)
		unix_place_note(sk, current_tgid());
}

#endif
