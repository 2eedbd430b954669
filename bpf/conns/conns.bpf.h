/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * conns.bpf.h - the books of connections, one for each socket of a target: found, opened, locked.
 *
 * What goes in: sockets that targets read and write, had before the attach, or listen on. What
 * comes out: their struct conn, in the kernel's own storage of sockets: it goes with the socket,
 * and a listening TCP socket gives a copy to each connection before accept returns it.
 */
#ifndef IOPHASE_CONNS_CONNS_BPF_H
#define IOPHASE_CONNS_CONNS_BPF_H

enum {
	LOCK_TRIES = 64,
	IPPROTO_TCP = 6,
	IPPROTO_UDP = 17,
	SOCK_URGINLINE = 1 << 2, /* of sk_flags, net/sock.h */
	TCP_CLOSE = 7,		 /* net/tcp_states.h */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct conn);
} conns SEC(".maps");

/* Whether connections have clocks by the kernel's events of sockets, and how many at most; set
 * before load. */
const volatile bool with_conns = false;
const volatile __u64 conns_max = 0;
#ifdef ONLY_LIGHT
#define with_conns true
#endif

/* How many have one, by enum conns_kind; each is exact but for who closes while it is let go. */
__s64 conns_open[CONNS_KINDS] = {};

/* Whether they have clocks by the ends of calls, see bycalls.bpf.h; set before load. */
const volatile bool by_calls = false;
#ifdef ONLY_LIGHT
#define by_calls false
#endif

/* Set by user space for a look at the sockets of a process that was let go and comes back. */
__u8 renew_sockets = 0;

/*
 * Takes a lock; false if it did not come free in so many tries: puts 1 there until there was 0. The
 * compiler's own exchange would ask for -mcpu=v3, and with that the programs for kernels that know
 * no such instruction would have it too. The loop is as short as it can be, for the verifier goes
 * through each of its turns.
 */
static __always_inline bool lock_take(__u64 *lock, __u64 tries)
{
	__u64 was;

	/* lock *(u64 *)(r1 + 0) = xchg(r2), of Linux 5.12 */
	asm volatile("r1 = %1\n"
		     "r3 = %2\n"
		     "r2 = 1\n"
		     ".byte 0xdb, 0x21, 0, 0, 0xe1, 0, 0, 0\n"
		     "if r2 == 0 goto +2\n"
		     "r3 += -1\n"
		     "if r3 != 0 goto -5\n"
		     "%0 = r2\n"
		     : "=r"(was)
		     : "r"(lock), "r"(tries)
		     : "r1", "r2", "r3", "memory");
	return !was;
}

/* The same at once. */
static __always_inline bool lock_try(__u64 *lock)
{
	return lock_take(lock, 1);
}

static __always_inline void lock_give(__u64 *lock)
{
	clock_barrier();
	*(volatile __u64 *)lock = 0;
}

/* Locks the books of a connection that two threads share; false if they did not come free. */
once_or_inline bool conn_try(struct conn *c)
{
	return c && lock_take(&c->lock, LOCK_TRIES);
}

/* The same; counted as a loss if they did not. */
static __always_inline bool conn_lock(struct conn *c)
{
	if (conn_try(c))
		return true;
	lose(LOST_EXCHANGES);
	return false;
}

static __always_inline void conn_unlock(struct conn *c)
{
	lock_give(&c->lock);
}

/* Whether sockets of this kind have a peer to whom they are a connection, or take datagrams. */
static __always_inline bool kind_counts(__u32 family, __u32 type)
{
	return (family == AF_INET || family == AF_INET6 || family == AF_UNIX) &&
	       (type == SOCK_STREAM || type == SOCK_DGRAM || type == SOCK_SEQPACKET);
}

/* The same of a socket. */
static __always_inline bool sock_counts(struct sock *sk)
{
	return kind_counts(sk->__sk_common.skc_family, sk->sk_type);
}

/* Whether any program keeps something with a socket: where none does, ours does not. The pointer is
 * loaded from one that is not trusted, see task_to_follow(). */
static __always_inline bool sock_has_storage(struct sock *sk)
{
	return can_follow ? followed(struct sock, sk)->sk_bpf_storage : sk->sk_bpf_storage;
}

/* The role of the target on a socket of the current process that does not listen. */
static __always_inline __u32 role_by_peer(struct sock *sk, __u32 family)
{
	switch (peer_of_sock(sk)) {
	case PEER_CLIENT:
	case PEER_ANYBODY:
		return ROLE_SERVER;
	}
	/* Who of a pair serves, it will show. */
	return family == AF_UNIX ? ROLE_NONE : ROLE_CLIENT;
}

/* The role of the target on any socket of the current process. */
static __always_inline __u32 role_of(struct sock *sk)
{
	if (sk->__sk_common.skc_state == TCP_LISTEN && sk->sk_type != SOCK_DGRAM)
		return ROLE_LISTENER;
	return role_by_peer(sk, sk->__sk_common.skc_family);
}

/* Whether a further connection may have books. */
static __always_inline bool conns_have_room(void)
{
	return conns_open[CONNS_CLOSING] + conns_open[CONNS_OTHER] < (__s64)conns_max;
}

/* How it is known when a socket is closed. */
static __always_inline __u32 closing_of(struct sock *sk)
{
	return sk->__sk_common.skc_family != AF_UNIX && sk->sk_type != SOCK_DGRAM ? CONNS_CLOSING
										  : CONNS_OTHER;
}

/* Counts a connection that has books, once. */
static __always_inline void conn_book(struct conn *c, __u32 kind)
{
	if (c->booked)
		return;
	c->booked = 1;
	__sync_fetch_and_add(&conns_open[bounded(kind, CONNS_KINDS)], 1);
}

/* The socket that an iterator over files shows, NULL if it is none. */
static __always_inline struct sock *sock_shown(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct socket *socket;

	if (!ctx->task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	return socket ? socket->sk : 0;
}

/* The books of a socket, opened at now (ns) if there are none yet; NULL if there is no room. */
static __noinline struct conn *conn_open(struct sock *sk, __u64 now)
{
	__u64 create = conns_have_room() ? BPF_SK_STORAGE_GET_F_CREATE : 0;
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, create);

	if (!c) {
		lose(LOST_CONNECTIONS);
		return 0;
	}
	if (!c->born) {
		conn_start(c, role_of(sk), now);
		if (closing_of(sk) == CONNS_OTHER || sk->__sk_common.skc_state != TCP_CLOSE)
			conn_book(c, closing_of(sk));
	}
	return c;
}

/*
 * Locks the books of a socket, c; where there are none (NULL), or they have just been let go, they
 * are opened at `at` (ns). NULL if there is no room, or they did not come free.
 */
static __always_inline struct conn *conn_hold(struct sock *sk, struct conn *c, __u64 at)
{
	if (!c)
		c = conn_open(sk, at);
	if (!c || conn_try(c))
		return c;
	if (c->gone) {
		c = conn_open(sk, at);
		/* They are new: hardly anybody else has them. */
		if (!c || lock_try(&c->lock))
			return c;
	}
	lose(LOST_EXCHANGES);
	return 0;
}

/* The class of the call that thread t is inside of. */
static __always_inline __u32 class_of(const struct thread *t)
{
	return op_traits[clock_call(t) % MAX_OPS].op_class;
}

/* The byte out of band in a TCP socket, whose unread ones begin at `from`, `count` in number: 1 if
 * it is one of them, and not to be read like the others. */
static __noinline __u32 urgent_bytes(struct sock *sk, __u32 from, __u32 count)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	if (!BPF_CORE_READ(tcp, urg_data) ||
	    BPF_CORE_READ(sk, __sk_common.skc_flags) & SOCK_URGINLINE)
		return 0;
	return BPF_CORE_READ(tcp, urg_seq) - from < count;
}

/* Whether there is something unread in a TCP socket. */
static __always_inline bool tcp_has_data(struct sock *sk)
{
	__u32 from = field_of(struct tcp_sock, sk, copied_seq);
	__u32 count = field_of(struct tcp_sock, sk, rcv_nxt) - from;

	if (!count)
		return false;
	/* The end has a number of its own. */
	return count > !!(sk->sk_shutdown & RCV_SHUTDOWN) + urgent_bytes(sk, from, count);
}

/* Whether there is something unread in a socket, besides the end, and what is out of band. */
static __always_inline bool sock_has_data(struct sock *sk)
{
	if (sk->__sk_common.skc_family != AF_UNIX && sk->sk_protocol == IPPROTO_TCP)
		return tcp_has_data(sk);
	if (field_of(struct sock, sk, sk_receive_queue.qlen))
		return true;
	/* A read takes all datagrams into a queue of its own. */
	return sk->__sk_common.skc_family != AF_UNIX && sk->sk_protocol == IPPROTO_UDP &&
	       BPF_CORE_READ((struct udp_sock *)sk, reader_queue.qlen);
}

/* Whether data that become ready in a socket may be the end, or out of band. */
static __always_inline bool sock_is_special(struct sock *sk)
{
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return true;
	return sk->__sk_common.skc_family != AF_UNIX && sk->sk_protocol == IPPROTO_TCP &&
	       followed(struct tcp_sock, sk)->urg_data;
}

/* Whether a socket that a task has is one end of a pair by which its process talks to itself, as
 * sock_is_own() says of the current one. A listening one has the pid of who listens, too. */
static __always_inline bool sock_is_own_of(struct sock *sk, struct task_struct *task)
{
	return sk->__sk_common.skc_family == AF_UNIX && sk->__sk_common.skc_state != TCP_LISTEN &&
	       field_of(struct sock, sk, sk_peer_pid) ==
		       BPF_CORE_READ(task, group_leader, thread_pid);
}

/* A connection of a process that was let go and comes back: what was done with it meanwhile nobody
 * has seen. */
static __noinline int conn_back(struct conn *c)
{
	if (!c || !conn_lock(c))
		return 0;
	conn_come_back(c, bpf_ktime_get_ns());
	conn_unlock(c);
	return 0;
}

#endif
