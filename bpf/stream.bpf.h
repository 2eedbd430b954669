/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.bpf.h - each single move of the clocks of threads and connections is told, for a trace.
 *
 * What goes in: the events that move them, each once more, after the program that has moved them
 * (programs of one event run in the order in which they were attached). What comes out: where the
 * hands stand now and since when, in a ring. So the times are those of the books, to the
 * nanosecond, and the programs that keep the books know nothing of it: where nobody asked for a
 * trace, none of these is loaded, and nothing is paid for it.
 */
#ifndef IOPHASE_STREAM_BPF_H
#define IOPHASE_STREAM_BPF_H

#include "common/stream.h"

/* User space looks 40 times a second, so nobody is woken. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1);
} stream SEC(".maps");

/* By index of books: seq of the move that was told last. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} stream_told SEC(".maps");

/* What was told of a connection. */
struct stream_known {
	__u64 id;
	__u64 turns;
	__u64 since;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stream_known);
} stream_conns SEC(".maps");

/* Thrown by user space when it begins to listen, and back when the trace is full. */
bool streaming = false;

/* Connections that were numbered. */
__u64 stream_numbered = 0;

/* What did not go into the ring since that was full. */
static __always_inline void stream_lost(void)
{
	lose(LOST_EVENTS);
}

/* Tells of one move. */
static __always_inline bool stream_move(const struct stream_move *move)
{
	if (!bpf_ringbuf_output(&stream, (void *)move, sizeof(*move), BPF_RB_NO_WAKEUP))
		return true;
	stream_lost();
	return false;
}

/* Tells where the hands of the thread with that tid stand; `anew`: also if that is told. */
static __always_inline void stream_thread(__u32 tid, bool anew)
{
	__u16 *entry = tid_entry(tid);
	__u32 index = entry ? *entry : 0;
	struct thread *t = index ? thread_at(index) : 0;
	struct stream_move move;
	__u32 *told, seq;

	if (!t)
		return;
	told = bpf_map_lookup_elem(&stream_told, &index);
	seq = t->seq;
	if (!told || (*told == seq + 1 && !anew))
		return;
	move.since = t->since;
	move.seq = seq;
	move.tid = t->tid;
	move.tgid = t->tgid;
	move.index = index;
	move.op = t->op;
	move.phase = t->phase;
	if (stream_move(&move))
		*told = seq + 1; /* a zero says that nothing is */
}

/*
 * Tells of the first move of books that were opened by the event in progress, and stood in the run
 * queue until then: so it is when a command becomes what is to be measured.
 */
static __always_inline void stream_opened(__u32 tid)
{
	__u16 *entry = tid_entry(tid);
	struct thread *t = entry && *entry ? thread_at(*entry) : 0;
	struct stream_move move = {};

	if (!t || !t->adopted || t->since - t->born != t->ns[OP_APP][PHASE_RUNQ])
		return;
	move.since = t->born;
	move.seq = t->seq - 2;
	move.tid = t->tid;
	move.tgid = t->tgid;
	move.index = *entry;
	move.op = OP_APP;
	move.phase = PHASE_RUNQ;
	stream_move(&move);
}

/* The same of the current thread. */
static __always_inline int stream_current(void)
{
	if (streaming && armed)
		stream_thread((__u32)bpf_get_current_pid_tgid(), false);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(stream_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (!streaming || !armed)
		return 0;
	stream_thread(prev->pid, false);
	stream_thread(next->pid, false);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(stream_wakeup, struct task_struct *task)
{
	if (streaming && armed)
		stream_thread(task->pid, false);
	return 0;
}

SEC("tp_btf/task_newtask")
int BPF_PROG(stream_newtask, struct task_struct *child)
{
	if (streaming && armed)
		stream_thread(child->pid, false);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(stream_exec, struct task_struct *task, pid_t old_tid)
{
	if (!streaming || !armed)
		return 0;
	stream_opened(task->pid);
	/* The books of a thread may have become those of another tid. */
	stream_thread(task->pid, true);
	return 0;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int stream_copy(void *ctx)
{
	return stream_current();
}

SEC("?tp_btf/io_uring_submit_req")
int stream_uring_submit_req(void *ctx)
{
	return stream_current();
}

SEC("?tp_btf/io_uring_submit_sqe")
int stream_uring_submit_sqe(void *ctx)
{
	return stream_current();
}

SEC("?tp_btf/io_uring_complete")
int stream_uring_complete(void *ctx)
{
	return stream_current();
}

/* Both ends of each system call that is timed. */
SEC("tracepoint")
int stream_call(void *ctx)
{
	return stream_current();
}

SEC("tp_btf/sys_enter")
int stream_enter_raw(void *ctx)
{
	return stream_current();
}

SEC("tp_btf/sys_exit")
int stream_exit_raw(void *ctx)
{
	return stream_current();
}

/* Adds one to a counter and returns what was there. By bytes, as lock_take() does it: there is an
 * atomic instruction for it since 5.12, and connections have their own clocks since 6.3. */
static __always_inline __u64 stream_number(__u64 *counter)
{
	__u64 was;

	/* r4 = atomic_fetch_add((u64 *)(r3 + 0), r4); other registers than the barriers', which
	 * scripts/check-arm64 counts by their bytes. */
	asm volatile("r3 = %1\n"
		     "r4 = 1\n"
		     ".byte 0xdb, 0x43, 0, 0, 0x01, 0, 0, 0\n"
		     "%0 = r4\n"
		     : "=r"(was)
		     : "r"(counter)
		     : "r3", "r4", "memory");
	return was;
}

/* Tells who a connection is; false if the ring is full. */
static __noinline bool stream_name(struct sock *sk, struct conn *c, __u64 id)
{
	struct stream_peer *peer;

	if (!c)
		return false;
	peer = bpf_ringbuf_reserve(&stream, sizeof(*peer), 0);
	if (!peer)
		return false;
	peer->id = id;
	peer->row.role = c->role;
	peer->row.tgid = c->tgid;
	row_identify(&peer->row, sk);
	bpf_ringbuf_submit(peer, BPF_RB_NO_WAKEUP);
	return true;
}

/* What was told of a connection, numbered and named at the first use; NULL: that failed. */
static __always_inline struct stream_known *stream_known_of(struct sock *sk, struct conn *c)
{
	struct stream_known *known =
		bpf_sk_storage_get(&stream_conns, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	__u64 id;

	if (!known || known->id)
		return known;
	id = stream_number(&stream_numbered) + 1;
	if (!stream_name(sk, c, id))
		return 0;
	known->id = id;
	return known;
}

/* Tells how the clock of a connection stands, whose books are c, if it has moved. */
static __noinline int stream_clock(struct sock *sk, struct conn *c, bool closed)
{
	struct stream_known *known = c ? stream_known_of(sk, c) : 0;
	struct stream_conn now = {};
	bool told = false;

	if (!c)
		return 0;
	if (!known) {
		stream_lost();
		return 0;
	}
	/* Books that are let go are locked for good. */
	if (!conn_try(c)) {
		if (!c->gone)
			stream_lost();
		return 0;
	}
	now.id = known->id;
	now.since = c->since;
	now.born = c->born;
	for (int i = 0; i < CONN_STATES; i++)
		now.ns[i] = c->ns[i];
	now.turns = c->reads + c->writes;
	now.tgid = c->tgid;
	now.tid = c->tid;
	now.role = c->role;
	now.state = c->state;
	now.closed = closed;
	told = !closed && known->since == now.since && known->turns == now.turns;
	known->since = now.since;
	known->turns = now.turns;
	conn_unlock(c);
	if (told)
		return 0;
	now.at = bpf_ktime_get_ns();
	if (bpf_ringbuf_output(&stream, &now, sizeof(now), BPF_RB_NO_WAKEUP))
		stream_lost();
	return 0;
}

/* The current thread has read or written a socket. */
static __always_inline int stream_socket(struct sock *sk)
{
	struct conn *c;

	if (!streaming || !armed || !thread_current())
		return 0;
	c = bpf_sk_storage_get(&conns, sk, 0, 0);
	if (c && c->role != ROLE_LISTENER)
		stream_clock(sk, c, false);
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(stream_recv, struct sock *sk, int ret, int flags)
{
	return stream_socket(sk);
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(stream_send, struct sock *sk, int ret, int flags)
{
	return stream_socket(sk);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(stream_state, struct sock *sk, int before, int now)
{
	struct conn *c;

	if (!streaming || !armed || now != TCP_CLOSE || !sock_has_storage(sk))
		return 0;
	/* Of one that has not been told of there is nothing to be told. */
	if (!bpf_sk_storage_get(&stream_conns, sk, 0, 0))
		return 0;
	c = bpf_sk_storage_get(&conns, sk, 0, 0);
	if (c)
		stream_clock(sk, c, true);
	return 0;
}

#endif
