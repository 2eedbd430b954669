/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * peers.bpf.h - who is at the other end of a socket: a client whose connection was accepted, or
 * somebody else.
 *
 * What goes in: a struct file. What comes out: an enum peer. Nothing is remembered for it: the
 * kernel's own structs tell. A TCP socket that was cloned from a listener has the listener's
 * backlog, as has the first path of multipath TCP; that of a connecting one is 0. An accepted UNIX
 * socket shares its listener's address; a connecting one has none, or its own. A listener whose
 * backlog is 0, listen(fd, 0), is not seen, nor a UNIX connection that is the last one of a
 * listener that is gone.
 */
#ifndef IOPHASE_PEERS_BPF_H
#define IOPHASE_PEERS_BPF_H

enum {
	TCP_LISTEN = 10,  /* net/tcp_states.h */
	RCV_SHUTDOWN = 1, /* net/sock.h */
	AF_INET = 2,	  /* linux/socket.h */
	AF_INET6 = 10,
	SOCK_STREAM = 1, /* linux/net.h */
	SOCK_DGRAM = 2,
	SOCK_SEQPACKET = 5,
	SOCK_BOUND = 4 | 8, /* net/sock.h: the program has chosen the address, or the port */
	IPPROTO_MPTCP = 262,
};

/* The socket that has the backlog of its listener: of multipath TCP the first path's. */
static __always_inline struct sock *stream_of(struct sock *sk)
{
	struct mptcp_sock *paths = (struct mptcp_sock *)sk;

	if (!bpf_core_field_exists(paths->first) ||
	    field_of(struct sock, sk, sk_protocol) != IPPROTO_MPTCP)
		return sk;
	return BPF_CORE_READ(paths, first);
}

/* The same of a UNIX socket. */
static __always_inline __u32 unix_peer(struct unix_sock *sk, __u32 type)
{
	struct unix_address *address = BPF_CORE_READ(sk, addr);

	if (!address)
		return PEER_OTHER;
	if (type == SOCK_DGRAM)
		return BPF_CORE_READ(sk, peer) ? PEER_OTHER : PEER_ANYBODY;
	return BPF_CORE_READ(address, refcnt.refs.counter) > 1 ? PEER_CLIENT : PEER_OTHER;
}

/* Who is at the other end of a socket. */
static __always_inline __u32 peer_of_sock(struct sock *sk)
{
	__u32 family = field_of(struct sock, sk, __sk_common.skc_family);
	__u32 type = field_of(struct sock, sk, sk_type);

	if (family == AF_UNIX)
		return unix_peer((struct unix_sock *)sk, type);
	if (family != AF_INET && family != AF_INET6)
		return PEER_OTHER;
	if (type == SOCK_STREAM || type == SOCK_SEQPACKET)
		return field_of(struct sock, stream_of(sk), sk_max_ack_backlog) ? PEER_CLIENT
										: PEER_OTHER;
	if (type != SOCK_DGRAM || BPF_CORE_READ(sk, __sk_common.skc_dport))
		return PEER_OTHER;
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BOUND ? PEER_ANYBODY
									    : PEER_OTHER;
}

/* Who is at the other end of the socket that the current thread t has read from. */
once_or_apart __u32 peer_of_call(const struct thread *t)
{
	struct file *file;
	__u32 peer;

	if (!t)
		return PEER_OTHER;
	peer = shape_known_peer(t);
	if (peer != PEER_UNKNOWN)
		return forgotten(peer, t->since);
	file = file_of(t->fd);
	return forgotten(file ? peer_of_sock(sock_of(file)) : PEER_OTHER, t->since);
}

/* Whether a read of no bytes from the socket of a file means that the peer is done: a datagram may
 * be empty. */
static __always_inline bool is_done(struct file *file)
{
	struct socket *socket = file ? BPF_CORE_READ(file, private_data) : 0;

	if (!socket || BPF_CORE_READ(socket, type) == SOCK_STREAM)
		return true;
	return BPF_CORE_READ(socket, sk, sk_shutdown) & RCV_SHUTDOWN;
}

/* A number of the epoll set behind a descriptor of the current process: not 0 if there is one. */
static __always_inline __u32 number_of_set(__s32 epfd)
{
	__u64 set = (__u64)set_of(epfd);

	return set ? set * 0x9e3779b97f4a7c15ULL >> 32 | 1 : 0;
}

#endif
