/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * judge.bpf.h - what the end of a call says about I/O models, signals and the threads' shape.
 *
 * What goes in: a thread whose call has ended, how, and whether it slept. What comes out: the
 * counts of reads and accepts by model, the evidence of the shape, and the marks of signals.
 */
#ifndef IOPHASE_JUDGE_BPF_H
#define IOPHASE_JUDGE_BPF_H

enum {
	MMSG_SPAN = 32, /* of MMSG_MAX */
};

/* What an ended call leaves to be done when its books are closed. */
enum {
	TODO_NOTHING,
	TODO_SIGNAL_WAITED,  /* it was rt_sigtimedwait */
	TODO_ANONYMOUS_READ, /* it was a read of an anonymous inode, perhaps a signalfd */
	TODO_MESSAGES,	     /* it moved messages, whose lengths are in user memory */
	TODO_AIO,	     /* it was one of Linux AIO */
	TODO_WRITTEN,	     /* it was a write of who has never read */
};

/* The descriptor of the epoll set that has told the thread what is ready, -1 if none has. */
static __always_inline __s32 set_waited_on(const struct thread *t)
{
	return t->mux_way == WAY_EPOLL_LT ? t->mux_fd : -1;
}

/* The model of a read or accept that just ended well. */
static __always_inline __u32 way_of_call(const struct thread *t, bool slept)
{
	struct evidence e = {
		.aio = t->aio,
		.slept = slept,
		.signalled = signal_drives(t),
		/* No mux can tell of what is no descriptor. */
		.mux_way = t->fd < 0 ? WAY_NONE : t->mux_way,
		.nonblocking = t->nowait,
	};
	struct file *file;

	if (!slept) {
		file = file_of(t->fd);
		if (file) {
			e.registration = file_registration(file, set_waited_on(t));
			e.handed = file_handed(file);
			e.nonblocking |= !!(BPF_CORE_READ(file, f_flags) & O_NONBLOCK);
		}
	}
	return forgotten(way_of(&e), t->since);
}

/* The inode number of the socket that the accept that just ended was called on, 0: not known. */
static __always_inline __u64 listener_of_call(const struct thread *t)
{
	struct file *file = file_of(t->fd);

	return file ? BPF_CORE_READ(file, f_inode, i_ino) : 0;
}

/* Counts a read that ended well, by its model. */
static __always_inline void count_read(struct thread *t, bool slept)
{
	t->count[bounded(COUNT_READS + way_of_call(t, slept), COUNTERS)]++;
	t->reads = 1;
	signal_answered(t, slept);
}

/*
 * Whether the write that just ended well says by which model its thread works, as none of its reads
 * does. What is written to an anonymous inode wakes somebody up.
 */
static __always_inline bool write_tells(const struct thread *t,
					const volatile struct op_traits *traits)
{
	return traits->op_class == CLASS_WRITE && !t->reads && t->file_kind != FILE_ANONYMOUS;
}

/* Counts such a write by its model. */
static __always_inline void count_write(struct thread *t, bool slept)
{
	__u32 way = way_of_call(t, slept);

	if (way < WRITE_WAYS)
		t->count[bounded(COUNT_WRITES + way, COUNTERS)]++;
}

/*
 * Counts a call that ended well under its model, and notes what its end tells of the threads'
 * shape and of signals. Returns what is left for call_finish() to do.
 */
static __always_inline __u32 call_judge(struct thread *t, const volatile struct op_traits *traits,
					__u32 out, long ret, __u64 wait)
{
	if (traits->op_class == CLASS_READ && (wait || out == OUT_AGAIN))
		handed_used_up(t->fd);
	if (traits->op_class == CLASS_MUX) {
		t->mux_way = out == OUT_OK ? traits->mux_way : WAY_NONE;
		t->mux_fd = t->fd;
		if (out == OUT_OK)
			shape_mux(t, traits->mux_way);
		if (t->signalled == SIGNALLED_BEFORE)
			t->signalled = SIGNALLED_NOT;
	} else if (out <= OUT_EOF && traits->op_class == CLASS_READ) {
		if (!traits->queue && (!traits->fd_decides || t->file_kind == FILE_SOCKET))
			shape_read(t, out == OUT_EOF);
		if (t->file_kind == FILE_ANONYMOUS && traits->buffer &&
		    ret >= SIGNALFD_SIGINFO_SIZE)
			return TODO_ANONYMOUS_READ;
		count_read(t, wait);
	} else if (out == OUT_OK && traits->op_class == CLASS_ACCEPT) {
		t->count[bounded(COUNT_ACCEPTS + way_of_call(t, wait), COUNTERS)]++;
		t->reads = 1;
		if (!t->listener)
			t->listener = listener_of_call(t);
		shape_accept(t);
	} else if (traits->op_class == CLASS_SIGNAL) {
		return TODO_SIGNAL_WAITED;
	} else if (out == OUT_OK && write_tells(t, traits)) {
		return TODO_WRITTEN;
	}
	return TODO_NOTHING;
}

/*
 * The bytes that the first MMSG_SPAN of `messages` filled entries of a message vector in user
 * memory came to; the complement of it, a negative number, if one cannot be read. A global
 * function, so that the verifier goes through two short loops and not through one long.
 */
__noinline long message_bytes_span(__u64 vector, __u32 messages)
{
	__u64 sum = 0;
	__u32 len;

	for (__u32 i = 0; i < MMSG_SPAN && i < messages; i++) {
		void *at = (void *)(vector + i * MMSGHDR_SIZE + MMSGHDR_MSG_LEN);

		if (bpf_probe_read_user(&len, sizeof(len), at))
			return ~sum;
		sum += len;
	}
	return sum;
}

/* The same of all of them; what cannot be read is lost. */
static __always_inline __u64 message_bytes(__u64 vector, __u32 messages)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < MMSG_MAX && i < messages; i += MMSG_SPAN) {
		long bytes = message_bytes_span(vector + i * MMSGHDR_SIZE, messages - i);

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
 * Thread t has read ret bytes from an anonymous inode. A read of I/O signals is the wait before the
 * reads that they tell of: it has no vote.
 */
static __always_inline void anonymous_read_finish(struct thread *t, long ret, bool slept)
{
	if (file_is_signalfd(file_of(t->fd)) && signalfd_read(t->arg, ret))
		return;
	undisturbed_begin();
	count_read(t, slept);
	undisturbed_end();
}

/* Counts a write of thread t, which has never read. */
static __always_inline void write_finish(struct thread *t, bool slept)
{
	undisturbed_begin();
	count_write(t, slept);
	undisturbed_end();
}

/* Adds the bytes of the ret messages that thread t has moved by call op. */
static __always_inline void messages_finish(struct thread *t, __u32 op, long ret)
{
	__u64 bytes = message_bytes(t->arg, ret);
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
	else if (todo == TODO_ANONYMOUS_READ)
		anonymous_read_finish(t, ret, slept);
	/* Messages, too, may have been written. */
	if (todo == TODO_WRITTEN || (todo == TODO_MESSAGES && op == OP_SENDMMSG && !t->reads))
		write_finish(t, slept);
	return 0;
}

#endif
