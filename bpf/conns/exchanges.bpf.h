/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchanges.bpf.h - data become ready in a socket, and are read and written by a target.
 *
 * What goes in: sk_data_ready, in whoever's context; sock_recv_length and sock_send_length at the
 * end of each read and write of a socket, whichever call or request made it.
 * What comes out: the hand of the connection's clock, and the exchanges, in the books of the thread
 * that wrote the answer, or read it.
 */
#ifndef IOPHASE_CONNS_EXCHANGES_BPF_H
#define IOPHASE_CONNS_EXCHANGES_BPF_H

enum {
	EPIPE = 32, /* asm-generic/errno.h */
	ECONNRESET = 104,
	ECONNREFUSED = 111,
};

/* Counts a time (ns) in the row of an exchange. */
static __always_inline void row_time(struct row *row, __u64 ns)
{
	row->outcome[OUT_OK]++;
	if (ns > row->wait_max)
		row->wait_max = ns;
	if (ns)
		hist_add(row->wait, ns);
}

/* The side of a connection that is read or written. */
static __always_inline __u32 side_of(const struct conn *c)
{
	return c->role == ROLE_CLIENT ? SIDE_CLIENT : SIDE_SERVER;
}

/*
 * Counts a connection in thread t's books at its first exchange in a window, and at its first one.
 * What is counted after the books were copied, and before window_from says so, is in the window
 * that begins: so it is by time, which is taken last, that it is known to be counted in that.
 */
static __always_inline void conn_counts(struct thread *t, struct conn *c, __u32 side)
{
	__u64 from = window_from;

	if (!from || c->counted >= from)
		return;
	t->count[COUNT_CONNS + side]++;
	t->count[COUNT_CONNS_EVER + side] += !c->counted;
	clock_barrier();
	c->counted = bpf_ktime_get_ns();
}

/* Counts a request that thread t has answered; false if there is no room for that. */
static __noinline bool exchange_answered(struct thread *t, struct conn *c)
{
	struct row *row;

	if (!t || !c)
		return false;
	row = row_or_lose(t, OP_RESPONSE, LOST_EXCHANGES);
	if (!row)
		return false;
	row_time(row, c->queueing + c->service);
	if (c->service > row->busy_max)
		row->busy_max = c->service;
	hist_add(row->busy, c->service);
	row = row_or_lose(t, OP_QUEUEING, LOST_SAMPLES);
	if (row)
		row_time(row, c->queueing);
	for (int i = 0; i < QUEUE_CAUSES; i++)
		t->count[COUNT_QUEUEING + i] += c->part[i];
	t->count[COUNT_SERVICE_NS] += c->service;
	t->count[COUNT_UNTIMED] += c->untimed;
	conn_counts(t, c, SIDE_SERVER);
	return true;
}

/* Counts an answer that thread t has got; false if there is no room for that. */
static __noinline bool exchange_asked(struct thread *t, struct conn *c)
{
	struct row *row;
	__u64 ns;

	if (!t || !c)
		return false;
	ns = c->answered_at - c->begun;
	t->asked = 1;
	row = row_or_lose(t, OP_ASKED, LOST_EXCHANGES);
	if (!row)
		return false;
	row_time(row, ns);
	t->count[COUNT_ASKED_NS] += ns;
	conn_counts(t, c, SIDE_CLIENT);
	return true;
}

/* The times of the read call that thread t is in, or was in last. */
static __always_inline void read_call_moment(struct conn_moment *m, const struct thread *t)
{
	const struct wake *slept = &t->wake[WAKE_READ];

	m->wake = t->wake[WAKE_MUX];
	m->called = t->begun;
	m->begun = t->begun;
	if (slept->woken > t->begun) {
		m->wake = *slept;
		m->begun = slept->ran > slept->woken ? slept->ran : slept->woken;
	}
	if (t->copied)
		m->begun = t->copied;
}

/* The times of the read that thread t ends: by a call, or for a request, of which only the copy, or
 * this moment is known. */
static __always_inline void read_moment(struct conn_moment *m, const struct thread *t)
{
	if (class_of(t) == CLASS_READ) {
		read_call_moment(m, t);
		return;
	}
	m->wake = t->wake[WAKE_MUX];
	m->begun = t->phase == PHASE_COPY ? t->since : bpf_ktime_get_ns();
	m->called = m->begun;
}

/* Looks up, once, when the connection was accepted. */
static __noinline int conn_look_up(struct conn *c, __u64 sk)
{
	__u64 *at;

	if (!c)
		return 0;
	c->known = 1;
	at = bpf_map_lookup_elem(&accepted, &sk);
	if (at) {
		c->accepted = *at;
		bpf_map_delete_elem(&accepted, &sk);
	}
	return 0;
}

/* Notes who has read or written, and by that of a pair which side this is. */
static __always_inline void conn_used_by(struct conn *c, const struct thread *t, __u32 role)
{
	c->tgid = t->tgid;
	c->tid = t->tid;
	if (c->role == ROLE_NONE)
		c->role = role;
}

/* The current thread t has read `bytes` from connection c, as the moment says. Returns whether that
 * was an answer, and counts. */
static __always_inline bool exchange_read(struct thread *t, struct conn *c,
					  const struct conn_moment *m, __u64 bytes)
{
	bool answered, serves;

	conn_used_by(c, t, ROLE_SERVER);
	serves = c->state == CONN_SERVICE;
	answered = conn_read(c, m);
	if (!serves && c->state == CONN_SERVICE)
		served_begin(t, c);
	c->bytes_in += bytes;
	t->count[COUNT_SIDE_READS + side_of(c)]++;
	return answered && exchange_asked(t, c);
}

/* The same of a write, which came to ret: bytes, or -EAGAIN; returns whether it answers. */
once_or_inline bool exchange_write(struct thread *t, struct conn *c, struct conn_moment *m, int ret)
{
	bool answers, over;

	if (!t || !c || !m)
		return false;
	over = c->given_up;
	conn_used_by(c, t, ROLE_CLIENT);
	/* Without hooks on calls a write is known by its end; an answer may have come before that,
	 * which is then said to have taken no time. */
	if (light && c->role == ROLE_CLIENT && c->state == CONN_IDLE && c->ready_at &&
	    c->ready_at < m->called)
		m->called = c->ready_at;
	t->count[COUNT_SIDE_WRITES + side_of(c)] += !m->again;
	answers = conn_write(c, m);
	if (answers) {
		bool counted = exchange_answered(t, c);

		/* That of a client that is gone was over when that was noticed. */
		if (!over)
			served_end(t, c, counted && !m->slept);
	}
	if (ret > 0)
		c->bytes_out += ret;
	return answers;
}

/* The current thread t has read `bytes` from a socket, which it did not use before if c is NULL. */
static __always_inline void socket_read(struct thread *t, struct sock *sk, struct conn *c,
					__u64 bytes)
{
	struct conn_moment m = {};
	__u64 counted, asked;
	bool answered;

	read_moment(&m, t);
	c = conn_hold(sk, c, m.begun);
	if (!c)
		return;
	if (!c->known) {
		conn_look_up(c, (__u64)sk);
		if (light) /* its accept may not have been seen */
			shape_connect(t);
	}
	counted = c->counted;
	left_is_read(t, c, m.begun);
	answered = exchange_read(t, c, &m, bytes);
	asked = c->answered_at - c->begun;
	if (answered)
		upstream_asked(t, c, sk, counted);
	/* In this order: what comes after the look says so itself. */
	__sync_fetch_and_add(&c->ready_at, 0);
	clock_barrier();
	if (!c->ready_at && sock_has_data(sk)) {
		c->ready_at = m.begun;
		left_behind(t, c);
	}
	conn_unlock(c);
	if (with_details)
		detail_read(t, sk, answered, asked);
}

/* Whether a socket is one end of a pair by which the current process talks to itself. */
static __always_inline bool sock_is_own(struct sock *sk)
{
	return sk->__sk_common.skc_family == AF_UNIX && sock_is_of_pair(sk);
}

/* Whether the select or poll that thread t has slept in last may not have watched the connection c
 * that it reads: it is its first read, and not of one that it had made when that began. */
static __always_inline bool conn_is_new(const struct thread *t, const struct conn *c)
{
	if (!c)
		return true;
	return !c->known && (c->role != ROLE_CLIENT || c->born > t->mux_begun);
}

/* The current thread t has read so many bytes from a socket, or found the end. */
static __always_inline void sock_is_read(struct thread *t, struct sock *sk, int bytes)
{
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, 0);

	if (light) {
		t->ready_way = c ? c->watched : WAY_NONE;
		t->new_conn = conn_is_new(t, c);
	}
	if ((!bytes && sk->sk_type != SOCK_DGRAM) || (!c && (!sock_counts(sk) || sock_is_own(sk))))
		return;
	undisturbed_begin();
	socket_read(t, sk, c, bytes);
	undisturbed_end();
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, struct sock *sk, int ret, int flags)
{
	struct thread *t;
	bool counts = ret >= 0 && !(flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB));
	__u32 op = OP_APP;

	if (!armed || (!light && !counts))
		return 0;
	t = thread_at_socket();
	if (!t)
		return 0;
	if (light)
		op = light_begins(t, sk, ret);
	if (counts)
		sock_is_read(t, sk, ret);
	if (light)
		light_read_ends(t, op, ret);
	return 0;
}

/* The times of the write that thread t ends with ret. */
static __always_inline void write_moment(struct conn_moment *m, struct thread *t, int ret)
{
	m->again = ret == -EAGAIN;
	if (class_of(t) != CLASS_WRITE) {
		m->called = bpf_ktime_get_ns();
		return;
	}
	m->called = t->begun;
	m->slept = clock_taken(t, clock_call(t)).wait > 0;
	if (m->slept)
		m->now = bpf_ktime_get_ns();
}

/* The current thread t has written to a socket: ret bytes, or -EAGAIN; c as above. */
static __always_inline void socket_written(struct thread *t, struct sock *sk, struct conn *c,
					   int ret)
{
	struct conn_moment m = {};
	__u64 response;
	bool answers;

	write_moment(&m, t, ret);
	c = conn_hold(sk, c, m.called);
	if (!c)
		return;
	answers = exchange_write(t, c, &m, ret);
	response = c->queueing + c->service;
	conn_unlock(c);
	if (with_details && answers)
		detail_answered(sk, response);
}

/* Nobody is there any more who would take an answer. */
static __noinline int conn_gone(struct conn *c)
{
	if (!c || c->state != CONN_SERVICE || !conn_lock(c))
		return 0;
	if (conn_give_up(c, bpf_ktime_get_ns()))
		served_over(c);
	conn_unlock(c);
	return 0;
}

/* Whether an error says that nobody is there any more. */
static __always_inline bool is_gone(int ret)
{
	return ret == -EPIPE || ret == -ECONNRESET || ret == -ECONNREFUSED;
}

/* The current thread t has written to a socket: ret bytes, or an error of those that count. */
static __always_inline void sock_is_written(struct thread *t, struct sock *sk, int ret)
{
	struct conn *c = bpf_sk_storage_get(&conns, sk, 0, 0);

	if (is_gone(ret)) {
		conn_gone(c);
		return;
	}
	if (!c && (!sock_counts(sk) || sock_is_own(sk)))
		return;
	undisturbed_begin();
	socket_written(t, sk, c, ret);
	undisturbed_end();
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sock_send_length, struct sock *sk, int ret, int flags)
{
	bool counts = ret >= 0 || ret == -EAGAIN || is_gone(ret);
	struct thread *t;
	__u32 op = OP_APP;

	if (!armed || (!light && !counts))
		return 0;
	t = thread_at_socket();
	if (!t)
		return 0;
	if (light) {
		op = light_begins(t, sk, ret);
		if (sock_is_own(sk))
			own_pair_written(sk);
	}
	if (counts)
		sock_is_written(t, sk, ret);
	if (light)
		light_write_ends(t, op, ret);
	return 0;
}

/* The way by which epoll is told of what is ready in a socket, WAY_NONE: by none. */
static __always_inline __u32 watched_by(struct sock *sk)
{
	struct file *file = file_of_sock(sk);

	return file ? file_registration(file, -1) : WAY_NONE;
}

/* Data are there, or the end of them, which is nothing to answer; noted in the context of whoever
 * sent them. The first unread data stand. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(sk_data_ready, struct sock *sk)
{
	struct conn *c;

	if (!armed)
		return 0;
	/* Most sockets of the machine are nobody's that we know: they are told apart by a load. */
	c = sock_has_storage(sk) ? bpf_sk_storage_get(&conns, sk, 0, 0) : 0;
	if (!c && any_unix_place && sk->__sk_common.skc_family == AF_UNIX)
		c = unix_arrived(sk);
	if (!c)
		return 0;
	/* The data are queued; and only now is looked whether their reader has noticed them. */
	clock_barrier();
	if (c->ready_at) {
		left_followed(c);
		return 0;
	}
	if (c->role == ROLE_LISTENER)
		return listener_filled(sk);
	if (sock_is_special(sk) && !sock_has_data(sk))
		return 0;
	if (light)
		c->watched = watched_by(sk);
	c->ready_at = bpf_ktime_get_ns();
	return 0;
}

#endif
