/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reads.bpf.h - what is left to be done when a call has ended and its books are closed: reads that
 * are no plain ones, lengths of messages, and signals waited for.
 *
 * What goes in: a thread whose call has ended, what it was given, and user memory. What comes out:
 * the outcome and the bytes of such a read in its row, its model, and whether it was a wake-up.
 */
#ifndef IOPHASE_READS_BPF_H
#define IOPHASE_READS_BPF_H

enum {
	SPAN = 32,		  /* turns of a loop in a global function, */
	SPANS = 32,		  /* times that: MMSG_MAX, and UIO_MAXIOV buffers */
	LENGTH_MASK = 0x7fffffff, /* MAX_RW_COUNT: no call moves more */
	IOVEC_SIZE = 16,	  /* sizeof(struct iovec) on 64-bit */
	IOVEC_LEN = 8,		  /* offsetof(struct iovec, iov_len) */
	/* linux/socket.h */
	MSG_OOB = 0x1,
	MSG_PEEK = 0x2,
	MSG_TRUNC = 0x20,
	MSG_ERRQUEUE = 0x2000,
};

/*
 * What follows are global functions, so that the verifier goes through short loops one by one and
 * not through all turns of a loop in a loop. Each returns bytes, or, if user memory cannot be read,
 * the complement of what it has come to until there, a negative number.
 */

/* The bytes that the first SPAN of `count` buffers of a vector in user memory have room for. */
__noinline long vector_room_span(__u64 vector, __u64 count)
{
	__u64 sum = 0, len;

	for (__u32 i = 0; i < SPAN && i < count; i++) {
		void *at = (void *)(vector + i * IOVEC_SIZE + IOVEC_LEN);

		if (bpf_probe_read_user(&len, sizeof(len), at))
			return ~sum;
		sum += len;
	}
	return sum & LENGTH_MASK;
}

/* The same of all of them. */
__noinline long vector_room(__u64 vector, __u64 count)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < SPANS && i * SPAN < count; i++) {
		long room = vector_room_span(vector + i * SPAN * IOVEC_SIZE, count - i * SPAN);

		if (room < 0)
			return ~(sum + ~room);
		sum += room;
	}
	return sum & LENGTH_MASK;
}

/*
 * The bytes that the message header at `at` has room for. In line where it is called from far
 * below: the stacks of a call of a call may be 512 bytes in all, and on old kernels each counts
 * in 32.
 */
static __always_inline long room_of_message(__u64 at)
{
	__u64 vector[2];

	if (bpf_probe_read_user(vector, sizeof(vector), (void *)(at + MSGHDR_IOV)))
		return ~0L;
	return vector_room(vector[0], vector[1]);
}

/* The same as a function of its own. */
__noinline long message_room(__u64 at)
{
	return room_of_message(at);
}

/* The bytes that the entry at `at` of a message vector came to; `cut`: no more than it has room
 * for. */
__noinline long message_bytes_one(__u64 at, __u32 cut)
{
	long room;
	__u32 len;

	if (bpf_probe_read_user(&len, sizeof(len), (void *)(at + MMSGHDR_MSG_LEN)))
		return ~0L;
	if (!cut)
		return len;
	room = room_of_message(at);
	return room < len ? room : len;
}

/* The bytes that the first SPAN of `messages` filled entries of a message vector came to. */
__noinline long message_bytes_span(__u64 vector, __u32 messages, __u32 cut)
{
	__u64 sum = 0;
	long bytes;

	for (__u32 i = 0; i < SPAN && i < messages; i++) {
		bytes = message_bytes_one(vector + i * MMSGHDR_SIZE, cut);
		if (bytes < 0)
			return ~sum;
		sum += bytes;
	}
	return sum & LENGTH_MASK;
}

/* The bytes that all of them came to; what cannot be read is lost. */
static __always_inline __u64 message_bytes(__u64 vector, __u32 messages, bool cut)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < MMSG_MAX && i < messages; i += SPAN) {
		long bytes = message_bytes_span(vector + i * MMSGHDR_SIZE, messages - i, cut);

		sum += bytes < 0 ? ~bytes : bytes;
		if (bytes < 0) {
			lose(LOST_BYTES);
			break;
		}
	}
	return sum;
}

/* What a thread has got from its rt_sigtimedwait, which returned ret. */
static __always_inline void signal_wait_finish(struct thread *t, long ret)
{
	undisturbed_begin();
	signal_waited(t, ret, bpf_ktime_get_ns());
	undisturbed_end();
}

/*
 * The bytes for which the read that thread t has ended had room; a negative number if that is not
 * known.
 */
static __always_inline long room_of_read(const struct thread *t,
					 const volatile struct op_traits *traits)
{
	/* Begun before we attached. */
	if (t->fd < 0)
		return ~0L;
	switch (traits->room) {
	case ROOM_VECTOR:
		return vector_room(t->arg, t->length);
	case ROOM_MESSAGE:
		return message_room(t->arg);
	}
	return t->length & LENGTH_MASK;
}

/*
 * How a read ended that returned 0: eof only if that means that the peer is done. It may have been
 * asked for nothing, or for what is in a queue of errors; a datagram may be empty.
 */
static __always_inline __u32 outcome_of_nothing(const struct thread *t,
						const volatile struct op_traits *traits, long room)
{
	if (!room || t->flags & traits->special & MSG_ERRQUEUE)
		return OUT_OK;
	return !is_of_socket(t, traits) || is_done(file_of(t->fd)) ? OUT_EOF : OUT_OK;
}

/* Whether a read with MSG_TRUNC throws the data away: TCP does. */
static __always_inline bool throws_away(const struct thread *t)
{
	struct file *file = file_of(t->fd);
	struct socket *socket = file ? BPF_CORE_READ(file, private_data) : 0;

	return socket && BPF_CORE_READ(socket, type) == SOCK_STREAM &&
	       BPF_CORE_READ(socket, sk, __sk_common.skc_family) != AF_UNIX;
}

/* The bytes that the read which returned ret has moved into memory for good. */
static __always_inline __u64 bytes_of_read(const struct thread *t,
					   const volatile struct op_traits *traits, long ret,
					   long room)
{
	__u32 flags = t->flags & traits->special;
	bool cut = flags & MSG_TRUNC;

	if (flags & (MSG_PEEK | MSG_ERRQUEUE) || ret <= 0)
		return 0;
	if (cut && throws_away(t))
		return 0;
	if (traits->bytes == BYTES_MMSG)
		return message_bytes(t->arg, ret, cut);
	if (!cut || ret <= room)
		return ret;
	if (room < 0)
		lose(LOST_BYTES);
	return room < 0 ? ~room : room;
}

/* Whether a read brought what its process had said to itself. `at`, `ret`: what it has read. */
static __always_inline bool read_woke(struct thread *t, const volatile struct op_traits *traits,
				      long ret)
{
	struct file *file = file_of(t->fd);

	if (!file)
		return false;
	if (light)
		return sock_is_of_pair(sock_of(file)) && is_own_socket(file);
	switch (t->file_kind) {
	case FILE_ANONYMOUS:
		if (traits->buffer && ret >= SIGNALFD_SIGINFO_SIZE && file_is_signalfd(file))
			signalfd_read(t->arg, ret);
		return file_wakes(file);
	case FILE_PIPE:
		return is_own_pipe(file);
	}
	return is_of_socket(t, traits) && sock_is_of_pair(sock_of(file)) && is_own_socket(file);
}

/*
 * What a peek, which has got something, tells: how the thread waited for what a later read takes.
 * It has no vote of its own, and says nothing about connections.
 */
static __always_inline void peek_finish(struct thread *t, __u32 out, bool slept)
{
	__u32 way = way_of_call(t, slept);

	/* The read that comes is not the signal's any more. */
	if (slept)
		signal_answered(t, slept);
	told_wear_off(t, CLASS_READ, out, slept);
	told_peeked(t, way);
}

/*
 * Counts a read that is no plain one, of thread t by call op, which returned ret: in its row, and,
 * if it brought a peer's data or the end of them, under its model.
 */
static __always_inline void special_read_finish(struct thread *t, __u32 op, long ret, bool slept)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];
	__u32 flags = t->flags & traits->special, out = OUT_OK;
	long room = !ret || flags & MSG_TRUNC ? room_of_read(t, traits) : 0;
	__u64 bytes = bytes_of_read(t, traits, ret, room);
	bool woke = read_woke(t, traits, ret);
	bool no_data = flags & MSG_ERRQUEUE || (!ret && !room);
	struct call_time took;
	struct row *row;

	if (!ret)
		out = outcome_of_nothing(t, traits, room);
	undisturbed_begin();
	took = clock_taken(t, op);
	row = row_of(t, op);
	if (row) {
		row_add(row, out, bytes, took.wait, took.busy);
		row->peeks += !!(flags & MSG_PEEK);
	}
	if (flags & MSG_PEEK && !no_data) {
		peek_finish(t, out, slept);
	} else {
		if (woke) {
			t->count[COUNT_WAKEUPS]++;
		} else if (!no_data) {
			if (is_of_socket(t, traits))
				shape_read(t, peer_of_call(t), out == OUT_EOF);
			count_read(t, slept);
		}
		told_wear_off(t, CLASS_READ, out, slept);
	}
	undisturbed_end();
}

/* Counts a write of thread t, which has never read. */
static __always_inline void write_finish(struct thread *t, bool slept)
{
	undisturbed_begin();
	count_write(t, slept);
	undisturbed_end();
}

/* Counts an accept of thread t, which returned descriptor fd. */
static __always_inline void accept_finish(struct thread *t, __s32 fd, bool slept)
{
	undisturbed_begin();
	count_accept(t, fd, slept);
	conn_accepted(fd, t->since);
	undisturbed_end();
}

/*
 * Who has accepted the connection of a file. A file keeps the rights of who has made it, by the
 * kernel's own pointer to them: threads share that, a fork and an exec make a new one.
 */
static __always_inline __u32 taken_by(struct file *file)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	const struct cred *made = BPF_CORE_READ(file, f_cred);

	if (made == BPF_CORE_READ(task, cred) || made == BPF_CORE_READ(task, group_leader, cred))
		return TAKEN_HERE;
	if (made == BPF_CORE_READ(task, group_leader, real_parent, cred))
		return TAKEN_BY_PARENT;
	return TAKEN_UNKNOWN;
}

/* Notes where the clients of thread t come in, of which it has read one. */
static __always_inline void served_finish(struct thread *t)
{
	struct file *file = file_of(t->fd);

	t->listener = address_of(file);
	/* Accepts that do not sleep are not seen without hooks on calls. */
	if (light && file)
		t->taken = taken_by(file);
}

/* Adds the bytes of the ret messages that thread t has moved by call op. */
static __always_inline void messages_finish(struct thread *t, __u32 op, long ret)
{
	__u64 bytes = message_bytes(t->arg, ret, false);
	struct row *row;

	undisturbed_begin();
	row = row_of(t, op);
	if (row)
		row->bytes += bytes;
	undisturbed_end();
}

/*
 * Does for the current thread what its call `op` has left to do: `todo` says what; it returned ret
 * and, if `slept`, slept. A global function: the verifier looks at it once, not on every way that
 * leads here. Some kernels refuse to call one while pre-emption is forbidden.
 */
__noinline int call_finish(__u32 todo, __u32 op, long ret, __u32 slept)
{
	struct thread *t = thread_current();

	if (!t)
		return 0;
	if (todo == TODO_SIGNAL_WAITED)
		signal_wait_finish(t, ret);
	else if (todo == TODO_MESSAGES)
		messages_finish(t, op, ret);
	else if (todo == TODO_TOLD)
		mux_finish(t, op < OP_POLL ? WAY_SELECT : WAY_POLL, ret);
	else if (todo == TODO_ACCEPTED)
		accept_finish(t, ret, slept);
	else if (todo == TODO_SERVED)
		served_finish(t);
	else if (todo == TODO_SPECIAL_READ)
		special_read_finish(t, op, ret, slept);
	/* Messages, too, may have been written. */
	if (todo == TODO_WRITTEN || (todo == TODO_MESSAGES && op == OP_SENDMMSG && !t->reads))
		write_finish(t, slept);
	return 0;
}

/* The same for thread t of the read of a socket, without hooks on calls: what else a call may leave
 * to do need neither be loaded nor looked at then. */
__noinline int read_finish(struct thread *t, __u32 todo, __u32 op, long ret, __u32 slept)
{
	if (!t)
		return 0;
	if (todo == TODO_SERVED)
		served_finish(t);
	else if (todo == TODO_SPECIAL_READ)
		special_read_finish(t, op, ret, slept);
	return 0;
}

/* Does what a write of a socket by thread t, which has never read, has left to do. */
__noinline int call_written(struct thread *t, __u32 slept)
{
	if (t)
		write_finish(t, slept);
	return 0;
}

#endif
