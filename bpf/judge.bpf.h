/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * judge.bpf.h - what the end of a call says about I/O models, signals and the threads' shape.
 *
 * What goes in: a thread whose call has ended, how, and whether it slept. What comes out: the
 * counts of reads and accepts by model, the evidence of the shape, and the marks of signals.
 */
#ifndef IOPHASE_JUDGE_BPF_H
#define IOPHASE_JUDGE_BPF_H

/* What an ended call leaves to be done when its books are closed. */
enum {
	TODO_NOTHING,
	TODO_SIGNAL_WAITED, /* it was rt_sigtimedwait */
	TODO_SPECIAL_READ,  /* it was a read that is not in its row yet, see read_is_special() */
	TODO_MESSAGES,	    /* it moved messages, whose lengths are in user memory */
	TODO_AIO,	    /* it was one of Linux AIO */
	TODO_WRITTEN,	    /* it was a write of who has never read */
	TODO_TOLD,	    /* it was a select or poll that said ready */
	TODO_ACCEPTED,	    /* it was an accept */
	TODO_SERVED,	    /* it was a read of a client, and where these come in is not known */
};

/* The descriptor of the epoll set that has told the thread what is ready, -1 if none has. */
static __always_inline __s32 set_waited_on(const struct thread *t)
{
	return t->mux_way == WAY_EPOLL_LT ? t->mux_fd : -1;
}

/* The model of a read or accept that just ended well. */
once_or_inline __u32 way_of_call(const struct thread *t, bool slept)
{
	struct evidence e;
	struct file *file;

	if (!t)
		return WAY_NONE;
	e = (struct evidence){
		.aio = t->aio,
		.slept = slept,
		.signalled = signal_drives(t),
		.alone = told_alone(t, t->fd),
		.mux_way = told_way_of(t, t->fd),
		.nonblocking = t->nowait,
	};

	/* What light_begins() has found, when the read was told. Who takes files out of an epoll
	 * set, to hand them on, is not seen to do so: but that epoll was told of the data. */
	if (light) {
		if (e.mux_way == WAY_NONE)
			e.mux_way = t->mux_found;
		e.registration = slept ? WAY_NONE : t->registered;
		e.handed = t->ready_way;
		e.nonblocking |= !slept & t->nonblocking;
	} else if (!slept) {
		file = file_of(t->fd);
		if (file) {
			e.registration = file_registration(file, set_waited_on(t));
			e.handed = file_handed(file);
			e.nonblocking |= !!(field_of(struct file, file, f_flags) & O_NONBLOCK);
		}
	}
	return forgotten(way_of(&e), t->since);
}

/*
 * A number of where the connections come in that a socket listens for, or is one of: workers that
 * share a listener, or have one each on the same port (SO_REUSEPORT), have one number. 0: not
 * known.
 */
static __always_inline __u64 address_of(struct file *file)
{
	struct sock *sk = file ? sock_of(file) : 0;
	__u32 family = sk ? BPF_CORE_READ(sk, __sk_common.skc_family) : 0;

	if (!sk)
		return 0;
	if (family == AF_INET || family == AF_INET6)
		return 1ULL << 32 | BPF_CORE_READ(sk, __sk_common.skc_num);
	/* An accepted UNIX socket shares that of its listener. */
	if (family == AF_UNIX)
		return (__u64)BPF_CORE_READ((struct unix_sock *)sk, addr) * 0x9e3779b97f4a7c15ULL;
	return BPF_CORE_READ(file, f_inode, i_ino);
}

/* Notes that a thread has accepted on a socket, the first one. */
static __always_inline void accepts_from(struct thread *t, struct file *file)
{
	__u64 address = address_of(file);

	t->accepts_at = address ^ address >> 32;
	if (!t->listener)
		t->listener = address;
}

/* Counts a read that ended well, by its model. */
static __always_inline void count_read(struct thread *t, bool slept)
{
	__u32 way = way_of_call(t, slept);

	t->reads = 1;
	/* It may have been told by a mux call that did not sleep, of which we do not know yet. */
	if (light && t->unsure && !slept && (way == WAY_BLOCKING || way == WAY_NONBLOCKING))
		return;
	/* The call that it slept in may have told of the listener, and not of what it accepted. */
	if (light && t->new_conn && (way == WAY_SELECT || way == WAY_POLL))
		return;
	t->count[bounded(COUNT_READS + way, COUNTERS)]++;
	signal_answered(t, slept);
}

/*
 * Whether the read that just ended well was of a client, or anybody, and it is not known where
 * these come in.
 */
static __always_inline bool serves_somewhere(const struct thread *t)
{
	return !t->listener && t->fd >= 0 && t->served_fd == t->fd;
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

	if (way == WAY_SELECT_ONE || way == WAY_POLL_ONE)
		way = WAY_BLOCKING;
	if (way < WRITE_WAYS)
		t->count[bounded(COUNT_WRITES + way, COUNTERS)]++;
}

/* Counts an accept that ended well with descriptor fd, by its model. */
static __always_inline void count_accept(struct thread *t, __s32 fd, bool slept)
{
	t->count[bounded(COUNT_ACCEPTS + way_of_call(t, slept), COUNTERS)]++;
	t->reads = 1;
	if (!t->accepts_at)
		accepts_from(t, file_of(t->fd));
	shape_accept(t);
	/* What was said of the number before it was given to this connection. */
	told_over(t, fd);
}

/*
 * Whether a read that ended well with ret has to be looked at more closely: it got nothing, its
 * flags say that it is no plain read, or perhaps it brought what the process said to itself.
 */
static __always_inline bool read_is_special(const struct thread *t,
					    const volatile struct op_traits *traits, long ret)
{
	struct file *file;

	if (traits->queue)
		return false;
	if (!ret || t->flags & traits->special || t->file_kind == FILE_ANONYMOUS)
		return true;
	if (t->file_kind == FILE_PIPE)
		return any_own_pipe;
	if (!any_own_pair || !is_of_socket(t, traits))
		return false;
	file = file_of(t->fd);
	return file && sock_is_of_pair(sock_of(file));
}

/*
 * What select and poll said of a descriptor is over with a call that found nothing, slept, or met
 * the end; and with a connect, which makes it another one. The conditions are numbers and no
 * branches: the verifier would follow all of them on each way that leads here.
 */
once_or_inline int told_wear_off(struct thread *t, __u32 op_class, __u32 out, __u64 wait)
{
	__u32 reads = op_class == CLASS_READ, accepts = op_class == CLASS_ACCEPT;
	__u32 connects = op_class == CLASS_CONNECT;
	__u32 nothing = is_any(wait) | (out == OUT_AGAIN) | (out == OUT_EOF);

	if (!t)
		return 0;
	if (forgotten(connects | ((reads | accepts) & nothing), wait))
		told_over(t, t->fd);
	if (reads && wait && t->mux_way != WAY_EPOLL_LT)
		t->mux_way = WAY_NONE;
	if (light && reads && wait)
		t->mux_found = WAY_NONE;
	if (connects)
		shape_connect(t);
	return 0;
}

/*
 * Counts a call that ended well under its model, and notes what its end tells of the threads'
 * shape and of signals. Returns what is left for call_finish() to do. Where it can be of one class
 * only, or not of all, the verifier looks at nothing else.
 */
static __always_inline __u32 call_judge(struct thread *t, const volatile struct op_traits *traits,
					__u32 only, __u32 out, long ret, __u64 wait)
{
	if (!light && only != CLASS_WRITE && traits->op_class == CLASS_READ &&
	    (wait || out == OUT_AGAIN))
		handed_used_up(t->fd);
	if (!only && traits->op_class == CLASS_MUX) {
		t->mux_way = out == OUT_OK ? traits->mux_way : WAY_NONE;
		t->mux_fd = t->fd;
		t->mux_begun = t->begun;
		t->mux_ended = t->since;
		if (wait && watches_one(t, traits->mux_way))
			t->count[traits->mux_way == WAY_POLL ? COUNT_ALONE_POLL
							     : COUNT_ALONE_SELECT] += wait;
		if (t->signalled == SIGNALLED_BEFORE)
			t->signalled = SIGNALLED_NOT;
		if (out == OUT_OK && traits->mux_way != WAY_EPOLL_LT)
			return TODO_TOLD;
		if (out == OUT_OK) {
			t->only_fd = WATCHED_NONE;
			t->count[COUNT_MUX_READY]++;
			t->count[COUNT_FULL_WAITS] += (__u64)ret == t->length;
			turn_begin(t, ret, WAY_EPOLL_LT);
			if (!t->epoll_set)
				t->epoll_set = number_of_set(t->fd);
		}
		if (out == OUT_TIMEOUT && watches_many(t, traits->mux_way))
			turn_begin(t, 0, traits->mux_way);
	} else if (only != CLASS_WRITE && out <= OUT_EOF && traits->op_class == CLASS_READ) {
		if (read_is_special(t, traits, ret))
			return TODO_SPECIAL_READ;
		if (is_of_socket(t, traits))
			shape_read(t, peer_of_call(t), false);
		count_read(t, wait);
		if (serves_somewhere(t))
			return TODO_SERVED;
	} else if (!only && out == OUT_OK && traits->op_class == CLASS_ACCEPT) {
		return TODO_ACCEPTED;
	} else if (!only && traits->op_class == CLASS_SIGNAL) {
		return TODO_SIGNAL_WAITED;
	} else if (only != CLASS_READ && out == OUT_OK && write_tells(t, traits)) {
		return TODO_WRITTEN;
	}
	return TODO_NOTHING;
}

#endif
