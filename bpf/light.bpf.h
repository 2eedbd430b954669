/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * light.bpf.h - the same books without a hook on system calls (--hooks light).
 *
 * What goes in: a thread that leaves its CPU, gets one, copies socket data, has read from or
 * written to a socket; and its registers, which tell the system call that it is inside of. What
 * comes out: the hands of its clock, and the rows of reads and writes of sockets. Of a thread that
 * is on a CPU, and does not copy, it is not known in which call it is: its hands stand at app, and
 * user space divides that time by samples.
 */
#ifndef IOPHASE_LIGHT_BPF_H
#define IOPHASE_LIGHT_BPF_H

/* What light_ended() returns: what read_finish() has to do, whether the call slept, and failed. */
enum {
	LIGHT_TODO = 0xff,
	LIGHT_SLEPT = 1 << 8,
	LIGHT_FAILED = 1 << 9,
};

/* The number of the system call that the current thread is inside of, -1 if in none. */
static __always_inline __u32 nr_in_progress(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	/* It holds this until the call is over, also while a thread on its way back is pre-empted:
	 * arch/x86/entry/entry_64.S. */
	return regs->ax == (unsigned long)-ENOSYS ? regs->orig_ax : -1;
#elif defined(__TARGET_ARCH_arm64)
	/* The result of a call takes the place of its first argument. */
	return regs->regs[0] == regs->orig_x0 ? regs->syscallno : -1;
#endif
}

/* The row of the table for what the current thread is inside of, OP_APP if that is none of them. */
static __always_inline __u32 op_in_progress(const struct thread *t, const struct pt_regs *regs)
{
	__u32 op = op_of(nr_in_progress(regs));

	if (op == OP_RESTART)
		op = t->restart_op;
	return op < OPS_TIMED && !is_32_bit_call() ? op : OP_APP;
}

/* The registers with which the current thread has entered the kernel. */
static __always_inline struct pt_regs *registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

/* Where the hands of thread t stand while it is in no call: a kernel worker of io_uring makes none.
 */
static __always_inline __u32 light_home(const struct thread *t)
{
	return t->op == OP_WORKER ? OP_WORKER : OP_APP;
}

/* What is known of the call's first argument before that is looked up. */
enum light_at {
	AT_ANY,
	AT_SOCKET,  /* the call moves data of a socket, one that the program has a file of, */
	AT_NO_FILE, /* or that is the kernel's own */
};

/* The call that call op of the current thread is, as call_by_file() says, where it is known to move
 * data of a socket. */
static __always_inline __u32 call_at_socket(__u32 op, enum light_at at, enum file_kind *kind)
{
	if (op_traits[op % MAX_OPS].fd_decides) {
		if (at == AT_NO_FILE)
			return OP_APP;
		*kind = FILE_SOCKET;
	}
	return op == OP_SPLICE ? OP_SPLICE_WRITE : op;
}

/* See light_arrive(). */
static __always_inline __u32 light_arrives(struct thread *t, __u64 now, enum light_at at)
{
	enum file_kind kind = FILE_NO_WAIT;
	struct pt_regs *regs;
	struct call_args a;
	__u32 op;

	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	if (t->op == OP_WORKER || (t->op != OP_APP && t->phase == PHASE_COPY))
		return t->op;
	/* It may have run on since its call was learnt, before we were armed. */
	if (t->op != OP_APP)
		clock_move(t, now, OP_APP, PHASE_CPU);
	regs = registers();
	op = op_in_progress(t, regs);
	if (op == OP_APP)
		return op;
	a = args_in(regs);
	op = at == AT_ANY ? call_by_file(op, &a, &kind) : call_at_socket(op, at, &kind);
	if (op == OP_APP)
		return op;
	clock_move(t, now, op, t->phase);
	if (t->slept_in != op)
		call_noted(t, op, &a, kind);
	return op;
}

/*
 * Puts the hands of the current thread t, at now (ns), on the call that it is inside of; its
 * arguments are noted, unless it is the one that it has slept in before. Returns the call.
 */
once_or_apart __u32 light_arrive(struct thread *t, __u64 now)
{
	return t ? light_arrives(t, now, AT_ANY) : OP_APP;
}

/* Whether the end of the call is told by what happens to a socket. */
static __always_inline bool is_told_by_socket(const struct thread *t,
					      const volatile struct op_traits *traits)
{
	return with_conns && (traits->op_class == CLASS_READ || traits->op_class == CLASS_WRITE) &&
	       is_of_socket(t, traits);
}

/* The current thread t goes to sleep in a mux call: notes what it watches. */
static __noinline int light_mux_waits(struct thread *t)
{
	struct call_args a = args_in(registers());
	struct pollfd only = {};
	__u32 op;

	if (!t)
		return 0;
	op = t->op;
	if (op >= OP_EPOLL_WAIT) {
		if (!t->epoll_set)
			t->epoll_set = number_of_set(t->fd);
		return 0;
	}
	mux_enter(op, a.fd, a.vector, a.third, a.fourth);
	if (op < OP_POLL || t->arg != 1)
		return 0;
	t->watched = WATCHED_ONE;
	if (!bpf_probe_read_user(&only, sizeof(only), (void *)a.fd))
		t->watched = only.fd;
	return 0;
}

/* Thread t, of whose past nothing was known, goes to sleep in a call of that class: it may be one
 * that multiplexes, until it has waited otherwise, or has not for a while. What it accepts then no
 * call before has told of. */
static __always_inline void light_sure(struct thread *t, __u32 op_class)
{
	bool waits = op_class == CLASS_READ || op_class == CLASS_ACCEPT || op_class == CLASS_MUX ||
		     op_class == CLASS_ASYNC;

	t->unsure = waits || !t->unsure ? 0 : t->unsure - 1;
}

/* The current thread t leaves its CPU at now (ns), to sleep or not: its hands are put on its call.
 */
static __always_inline void light_leaves(struct thread *t, __u64 now, bool runnable)
{
	__u32 op = light_arrive(t, now);

	if (runnable || op == OP_WORKER)
		return;
	light_sure(t, op_traits[op % MAX_OPS].op_class);
	if (op == OP_APP || t->slept_in == op)
		return;
	t->slept_in = op;
	t->restart_op = op;
	if (is_mux(op))
		light_mux_waits(t);
	else if (op_traits[op % MAX_OPS].op_class == CLASS_ACCEPT && !t->accepts_at)
		accepts_from(t, file_of(t->fd));
}

/* Thread t has slept in a mux call: what that tells of what it reads next. What it has been told,
 * if anything, is not known: any of what it watched. */
static __always_inline void light_mux_over(struct thread *t, __u32 way, __u64 slept)
{
	t->mux_way = way;
	t->mux_fd = t->fd;
	t->mux_begun = t->begun;
	t->mux_ended = t->since;
	if (t->signalled == SIGNALLED_BEFORE)
		t->signalled = SIGNALLED_NOT;
	if (way == WAY_EPOLL_LT) {
		t->mux_found = WAY_NONE; /* the files themselves tell */
		t->count[COUNT_MUX_READY]++;
		t->only_fd = WATCHED_NONE;
		return;
	}
	if (watches_one(t, way)) {
		t->count[way == WAY_POLL ? COUNT_ALONE_POLL : COUNT_ALONE_SELECT] += slept;
		t->mux_way = WAY_NONE;
		told_only(t, t->watched, way);
	} else if (watches_many(t, way)) {
		t->mux_found = way;
		t->count[COUNT_MUX_READY]++;
		told_by(t, way);
		told_any(t);
		if (way == WAY_POLL)
			t->poll_list = number_of_list(t->mux_list);
	} else {
		t->mux_way = WAY_NONE;
	}
}

/* Thread t has been woken in its call op, and goes on: of one that nothing else tells of, this was
 * its sleep. */
static __noinline int light_slept(struct thread *t, __u32 op)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];
	struct row *row;
	__u64 wait;

	if (!t || is_told_by_socket(t, traits))
		return 0;
	t->slept_in = OP_APP;
	wait = clock_taken(t, op).wait;
	if (!wait)
		return 0;
	row = row_of(t, op);
	if (row) {
		if (wait > row->wait_max)
			row->wait_max = wait;
		hist_add(row->wait, wait);
	}
	if (traits->op_class == CLASS_MUX)
		light_mux_over(t, traits->mux_way, wait);
	if (traits->op_class == CLASS_ACCEPT) {
		t->count[COUNT_ACCEPTS + WAY_BLOCKING]++;
		shape_accept(t);
	}
	return 0;
}

/* Thread t has got a CPU at now (ns), and its hands are where they were before: they go back to
 * app, unless it copies. */
static __always_inline void light_got_cpu(struct thread *t, __u64 now)
{
	if (t->op == OP_UNKNOWN) {
		/* It has slept since before we attached: when its call began is not known, but when
		 * it goes on. */
		clock_learn_op(t, OP_APP);
		t->slept_in = t->op;
		t->begun = now;
		light_sure(t, op_traits[t->op % MAX_OPS].op_class);
	}
	if (t->op == light_home(t) || t->phase == PHASE_COPY)
		return;
	if (t->slept_in == t->op)
		light_slept(t, t->op);
	clock_move(t, now, OP_APP, PHASE_CPU);
}

/* The current thread t has read from or written to a socket, and it is known whether the program
 * has a file of it: its hands are put on its call, which is returned. A global function, see
 * call_finish(); such ones may be given pointers since 5.12. */
__noinline int light_at_socket(struct thread *t, bool has_file)
{
	__u64 now;
	__u32 op;

	if (!t)
		return OP_APP;
	undisturbed_begin();
	now = bpf_ktime_get_ns();
	op = light_arrives(t, now, has_file ? AT_SOCKET : AT_NO_FILE);
	if (now > t->since)
		clock_move(t, now, t->op, t->phase);
	undisturbed_end();
	return op;
}

/* The current thread t has read from or written to a socket with ret: its hands are put on its
 * call, which is returned. What the file tells of the way in which it did is looked at once for all
 * who ask; of a write that is asked only if its thread has never read. */
static __always_inline __u32 light_begins(struct thread *t, struct sock *sk, int ret)
{
	struct file *file = file_of_sock(sk);
	__u32 op = light_at_socket(t, !!file), op_class = op_traits[op % MAX_OPS].op_class;

	if (!file || ret < 0 || (op_class != CLASS_READ && (op_class != CLASS_WRITE || t->reads)))
		return op;
	t->registered = file_registration(file, set_waited_on(t));
	t->nonblocking = !!(field_of(struct file, file, f_flags) & O_NONBLOCK);
	return op;
}

/* Whether the call moves data by several reads or writes of the socket: of each a part is told. */
static __always_inline bool moves_parts(__u32 op)
{
	return op_traits[op % MAX_OPS].bytes == BYTES_MMSG || op == OP_SENDFILE ||
	       op == OP_SPLICE || op == OP_SPLICE_WRITE;
}

/* A part of what call op of thread t moves, as its class says: ret bytes. How many such calls there
 * are is not known. Returns what is left for call_finish() to do. */
static __always_inline __u32 light_part(struct thread *t, __u32 op, __u32 op_class, long ret)
{
	struct row *row = ret > 0 ? row_of(t, op) : 0;

	if (!row)
		return TODO_NOTHING;
	row->bytes += ret;
	if (op_class != CLASS_READ)
		return TODO_NOTHING;
	shape_read(t, peer_of_call(t), false);
	count_read(t, clock_taken(t, op).wait > 0);
	return serves_somewhere(t) ? TODO_SERVED : TODO_NOTHING;
}

/* A socket was read in Linux AIO's io_submit. */
static __always_inline void light_submitted(struct thread *t, long ret)
{
	if (ret <= 0)
		return;
	t->count[COUNT_READS + WAY_LINUX_AIO]++;
	t->reads = 1;
}

/*
 * The current thread t has read from or written to a socket, as the class says, a constant, which
 * came to ret, in call op: writes that call into its row, and puts the hands back to app, where
 * they may be already, as it may have been pre-empted since. Returns what is left to be done, as
 * the bits say.
 */
static __always_inline int light_ended(struct thread *t, __u32 op, __u32 op_class, long ret)
{
	struct ended e = {};

	if (!t)
		return 0;
	undisturbed_begin();
	e.op = op;
	if (op_traits[e.op % MAX_OPS].op_class != op_class) {
		if (op_class == CLASS_READ && e.op == OP_IO_SUBMIT)
			light_submitted(t, ret);
	} else if (moves_parts(e.op)) {
		e.todo = light_part(t, e.op, op_class, ret);
	} else {
		call_close(t, e.op, op_class, ret, &e);
	}
	t->slept_in = OP_APP;
	clock_move(t, t->since, light_home(t), PHASE_CPU);
	undisturbed_end();
	return e.todo | (e.slept ? LIGHT_SLEPT : 0) | (e.failed ? LIGHT_FAILED : 0);
}

/* The same of a read. A global function, see call_finish(). */
__noinline int light_has_read(struct thread *t, __u32 op, long ret)
{
	return light_ended(t, op, CLASS_READ, ret);
}

/* The same of a write. */
__noinline int light_has_written(struct thread *t, __u32 op, long ret)
{
	return light_ended(t, op, CLASS_WRITE, ret);
}

/* The current thread t has read from a socket: the same, and all that is left to be done then. Not
 * from there, for the stacks of all functions that call each other may be 512 bytes together. */
static __always_inline void light_read_ends(struct thread *t, __u32 op, long ret)
{
	__u32 left = light_has_read(t, op, ret);

	if (left & LIGHT_TODO)
		read_finish(t, left & LIGHT_TODO, op, ret, !!(left & LIGHT_SLEPT));
	if (left & LIGHT_FAILED)
		call_failed(op, -ret);
}

/* The same when it has written to one. */
static __always_inline void light_write_ends(struct thread *t, __u32 op, long ret)
{
	__u32 left = light_has_written(t, op, ret);

	if (left & LIGHT_TODO)
		call_written(t, !!(left & LIGHT_SLEPT));
	if (left & LIGHT_FAILED)
		call_failed(op, -ret);
}

/* Whether a call is a select, or a poll of several descriptors; what a select watches, is not read.
 */
static __always_inline bool multiplexes(__u32 op, const struct pt_regs *regs)
{
	if (op == OP_POLL || op == OP_PPOLL)
		return args_in(regs).vector > 1;
	return op == OP_SELECT || op == OP_PSELECT6;
}

/* A sample of what the current thread does, taken so many times a second of each CPU. */
SEC("perf_event")
int sample(void *ctx)
{
	struct thread *t;
	__u32 op;

	if (!armed)
		return 0;
	t = thread_current();
	if (!t || t->phase != PHASE_CPU || t->op == OP_WORKER)
		return 0;
	op = op_in_progress(t, registers());
	if (op_traits[op % MAX_OPS].fd_decides) {
		struct file *file = file_of(args_in(registers()).fd);

		if (!file || file_waits(file) == FILE_NO_WAIT)
			op = OP_APP;
	}
	t->sampled[bounded(op, OPS_TIMED)]++;
	t->unsure -= t->unsure > 0;
	if (multiplexes(op, registers())) {
		t->mux_found = op_traits[op % MAX_OPS].mux_way;
		t->unsure = 0;
	}
	return 0;
}

#endif
