/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * syscalls.bpf.h - a thread enters and leaves an I/O call.
 *
 * What goes in: the number, arguments and result of system calls, from one tracepoint per call or
 * from the raw pair: two thin ways into one body. What comes out: the hands of the clock, and the
 * row of the call: outcome, bytes, time asleep and time on CPU.
 */
#ifndef IOPHASE_SYSCALLS_BPF_H
#define IOPHASE_SYSCALLS_BPF_H

/* The arguments that some row of the table of calls asks for. */
struct call_args {
	__u64 fd;     /* the first one, always */
	__u64 vector; /* the second: message vector of recvmmsg and sendmmsg, epoll_ctl's order */
	__u64 third;
	__u64 fourth;
	__u64 fifth;
	__u64 sixth;
};

/* In aio.bpf.h. */
int aio_enter(__u32 op, __u64 context, __u64 count, __u64 list);
int aio_leave(__u32 op, long ret);

/* In joins.bpf.h. */
int call_changed(__u32 op, long ret);

/* In conns/bycalls.bpf.h. */
int conn_of_call(__u32 op, long ret, __u32 slept);

/* Whether the call is one of Linux AIO. */
static __always_inline bool is_aio(__u32 op)
{
	return op >= OP_IO_SUBMIT && op <= OP_IO_PGETEVENTS;
}

/* The argument that the end of the call needs. */
static __always_inline __u64 kept_of(const struct call_args *a, __u32 kept)
{
	switch (kept) {
	case 2:
		return a->third;
	case 3:
		return a->fourth;
	}
	return a->vector;
}

/* The flags that the call was given, or 0 for a call that has none. */
static __always_inline __u64 flags_of(const struct call_args *a, __u32 flags_arg)
{
	switch (flags_arg) {
	case 2:
		return a->third;
	case 3:
		return a->fourth;
	case 4:
		return a->fifth;
	case 5:
		return a->sixth;
	}
	return 0;
}

/* The row of the table for a system call number, OP_APP if it is none of ours. */
static __always_inline __u32 op_of(__u64 nr)
{
	/* The context holds 32 bits of it, whatever the kernel's own type of it says. */
	nr = (__u32)nr;
	return nr < MAX_NR ? op_of_nr[bounded(nr, MAX_NR)] : OP_APP;
}

/* Whether a process may be another after that call, which is no I/O call. */
static __always_inline bool is_change(__u32 op)
{
	return op >= OP_NEW_SOCKET && op <= OP_NEW_USER;
}

/* The current thread begins call op. */
static __always_inline void call_enter(__u32 op, const struct call_args *a)
{
	const volatile struct op_traits *traits;
	enum file_kind kind = FILE_NO_WAIT;
	struct thread *t;
	__u64 now;

	if (op == OP_APP || !armed)
		return;
	t = thread_current();
	if (!t)
		return;
	if (op == OP_RESTART)
		op = t->restart_op;
	traits = &op_traits[op % MAX_OPS];
	if (traits->fd_decides) {
		struct file *file = file_of(a->fd);

		if (file)
			kind = file_waits(file);
		if (op == OP_SPLICE)
			op = splice_op(file, kind, a->third);
		else if (kind == FILE_NO_WAIT)
			op = OP_APP;
		else if (op == OP_TEE)
			own_pipe_filled(file_of(a->vector));
		else if (traits->op_class == CLASS_WRITE)
			own_written(file, kind);
	} else if (traits->op_class == CLASS_WRITE && !traits->queue) {
		own_socket_written(file_of(a->fd));
	}
	now = bpf_ktime_get_ns();
	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	if (t->op != OP_APP) {
		lose(LOST_EXITS);
	} else if (op == OP_APP) {
		/* Its end is of no interest either, and is told from one whose start was missed. */
		t->declined = 1;
		return;
	}
	t->declined = 0;
	clock_move(t, now, op, PHASE_CPU);
	if (op == OP_APP)
		return;
	clock_mark(t, op);
	/* An id is looked up nowhere. */
	t->fd = traits->queue == QUEUE_SYSV ? -1 : (__s32)a->fd;
	t->file_kind = kind;
	t->arg = kept_of(a, traits->kept);
	t->length = traits->room == ROOM_FIFTH ? a->fifth : a->third;
	t->flags = flags_of(a, traits->flags_arg);
	t->nowait = !!(t->flags & traits->nowait);
	if (traits->op_class == CLASS_CONTROL && a->vector == EPOLL_CTL_DEL)
		hand_over(a->third, a->fd);
}

/* What an adopted thread's first end of a call proves about the call that it was in. */
static __always_inline __u32 op_proven_by_exit(__u32 op)
{
	/* Without its first argument we cannot know what the descriptor was. */
	return op == OP_RESTART || op_traits[op % MAX_OPS].fd_decides ? OP_APP : op;
}

/*
 * The current thread ends call op, number nr, which was not seen to begin. One that was not made
 * counts as what it returned, and took no time; any other was missed. Returns whether it is counted
 * as one that failed.
 */
static __noinline bool call_unbegun(__u32 op, __u64 nr, long ret)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];
	struct thread *t = thread_current();
	bool told = ret > 0 && (__u32)ret != (__u32)nr;
	struct row *row;

	if (!t)
		return false;
	if (op >= OPS || !is_denied(nr, ret)) {
		lose(LOST_ENTERS);
		return false;
	}
	row = row_of(t, op);
	if (row)
		row_add(row, ret > 0 && !told ? OUT_ERROR : outcome_of(traits, ret),
			told && traits->bytes == BYTES_RETURNED ? ret : 0, 0, 0);
	return ret < 0 && outcome_of(traits, ret) == OUT_ERROR;
}

/* A call that has ended. */
struct ended {
	__u32 op;
	__u32 todo;   /* what call_finish() has to do */
	__u32 slept;  /* whether it slept */
	__u32 failed; /* whether its errno is to be counted */
	__u32 begun;  /* whether it was seen to begin */
};

/* The current thread ends system call nr with ret. */
static __always_inline struct ended call_leave(__u64 nr, long ret)
{
	const volatile struct op_traits *traits;
	struct ended e = {.op = op_of(nr)};
	__u64 now, bytes = 0;
	struct call_time took;
	struct thread *t;
	struct row *row;
	__u32 op, out;

	if (e.op == OP_APP || !armed)
		return e;
	t = thread_current();
	if (!t)
		return e;
	clock_learn_phase(t, PHASE_CPU);
	if (t->op == OP_UNKNOWN) {
		clock_learn_op(t, op_proven_by_exit(e.op));
		t->declined = t->op == OP_APP;
	}
	op = clock_call(t);
	if (op == OP_APP) {
		if (!t->declined)
			e.failed = call_unbegun(e.op, nr, ret);
		t->declined = 0;
		return e;
	}
	e.op = op;
	e.begun = 1;
	now = bpf_ktime_get_ns();
	clock_move(t, now, OP_APP, PHASE_CPU);
	traits = &op_traits[op % MAX_OPS];
	out = forgotten(outcome_of(traits, ret), now);
	took = clock_taken(t, op);
	e.slept = took.wait > 0;
	if (out == OUT_AGAIN && took.wait && call_timed_out(t, traits))
		out = OUT_TIMEOUT;
	e.todo = forgotten(call_judge(t, traits, out, ret, took.wait), now);
	if (e.todo != TODO_SPECIAL_READ)
		told_wear_off(t, traits->op_class, out, took.wait);
	t->refused |= (traits->op_class == CLASS_WRITE) & (out == OUT_AGAIN);
	/* The helper thread repeats an interrupted read. */
	if (out != OUT_INTERRUPTED)
		t->aio = 0;
	t->restart_op = ret == -ERESTART_RESTARTBLOCK ? op : OP_APP;
	if (e.todo == TODO_SPECIAL_READ)
		return e;
	if (ret > 0 && traits->bytes == BYTES_RETURNED)
		bytes = ret;
	else if (ret > 0 && traits->bytes == BYTES_MMSG)
		e.todo = TODO_MESSAGES;
	else if (!ret && traits->bytes == BYTES_KEPT)
		bytes = t->arg;
	row = row_of(t, op);
	if (row)
		row_add(row, out, bytes, took.wait, took.busy);
	e.failed = out == OUT_ERROR;
	if (is_aio(op))
		e.todo = TODO_AIO;
	return e;
}

/* The same, and all that is left to be done then. */
static __always_inline void call_end(__u64 nr, long ret)
{
	struct ended e;

	undisturbed_begin();
	e = call_leave(nr, ret);
	undisturbed_end();
	if (e.todo == TODO_AIO)
		aio_leave(e.op, ret);
	else if (e.todo)
		call_finish(e.todo, e.op, ret, e.slept);
	if (by_calls && e.begun)
		conn_of_call(e.op, ret, e.slept);
	if (e.failed)
		call_failed(e.op, -ret);
}

/*
 * The current thread ends a pread64. On a socket it fails, and then glibc's aio_read makes its
 * helper thread read: that pair is how posix-aio is recognised. Nothing else of pread64 counts.
 */
static __always_inline void pread_leave(long ret)
{
	struct thread *t;

	if (ret != -ESPIPE || !armed)
		return;
	t = thread_current();
	if (t)
		t->aio = 1;
}

/*
 * The kernel lets a program attach only to tracepoints that have all the arguments that it reads,
 * so there is one entry for each number of arguments that rows of the table of calls ask for.
 */
SEC("tracepoint")
int sys_enter_restart(void *ctx)
{
	struct call_args a = {};

	/* Its context ends within the number, and the number is known anyway. */
	undisturbed_begin();
	call_enter(OP_RESTART, &a);
	undisturbed_end();
	return 0;
}

SEC("tracepoint")
int sys_enter_3(struct trace_event_raw_sys_enter *ctx)
{
	struct call_args a = {
		.fd = ctx->args[0],
		.vector = ctx->args[1],
		.third = ctx->args[2],
	};
	__u32 op = op_of(ctx->id);

	undisturbed_begin();
	call_enter(op, &a);
	undisturbed_end();
	if (is_aio(op))
		aio_enter(op, a.fd, a.vector, a.third);
	else if (is_mux(op))
		mux_enter(op, a.fd, 0, 0, 0);
	return 0;
}

SEC("tracepoint")
int sys_enter_4(struct trace_event_raw_sys_enter *ctx)
{
	struct call_args a = {
		.fd = ctx->args[0],
		.vector = ctx->args[1],
		.third = ctx->args[2],
		.fourth = ctx->args[3],
	};
	__u32 op = op_of(ctx->id);

	undisturbed_begin();
	call_enter(op, &a);
	undisturbed_end();
	if (is_aio(op))
		aio_enter(op, a.fd, 0, 0);
	else if (is_mux(op))
		mux_enter(op, a.fd, a.vector, a.third, a.fourth);
	return 0;
}

SEC("tracepoint")
int sys_enter_5(struct trace_event_raw_sys_enter *ctx)
{
	struct call_args a = {
		.fd = ctx->args[0],
		.vector = ctx->args[1],
		.third = ctx->args[2],
		.fifth = ctx->args[4],
	};

	undisturbed_begin();
	call_enter(op_of(ctx->id), &a);
	undisturbed_end();
	return 0;
}

SEC("tracepoint")
int sys_enter_6(struct trace_event_raw_sys_enter *ctx)
{
	struct call_args a = {
		.fd = ctx->args[0],
		.vector = ctx->args[1],
		.third = ctx->args[2],
		.fifth = ctx->args[4],
		.sixth = ctx->args[5],
	};

	undisturbed_begin();
	call_enter(op_of(ctx->id), &a);
	undisturbed_end();
	return 0;
}

SEC("tracepoint")
int sys_exit(struct trace_event_raw_sys_exit *ctx)
{
	call_end(ctx->id, ctx->ret);
	return 0;
}

SEC("tracepoint")
int sys_exit_pread(struct trace_event_raw_sys_exit *ctx)
{
	pread_leave(ctx->ret);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter_raw, struct pt_regs *regs, long id)
{
#if defined(__TARGET_ARCH_x86)
	struct call_args a = {
		.fd = regs->di,
		.vector = regs->si,
		.third = regs->dx,
		.fourth = regs->r10,
		.fifth = regs->r8,
		.sixth = regs->r9,
	};
#elif defined(__TARGET_ARCH_arm64)
	struct call_args a = {
		.fd = regs->orig_x0,
		.vector = regs->regs[1],
		.third = regs->regs[2],
		.fourth = regs->regs[3],
		.fifth = regs->regs[4],
		.sixth = regs->regs[5],
	};
#endif

	__u32 op = op_of(id);

	if (is_by_32_bits(id)) {
		if (armed && thread_current())
			lose(LOST_32_BIT);
		return 0;
	}
	if (op == OP_PREAD || is_change(op))
		return 0;
	undisturbed_begin();
	call_enter(op, &a);
	undisturbed_end();
	if (is_aio(op))
		aio_enter(op, a.fd, a.vector, a.third);
	else if (is_mux(op))
		mux_enter(op, a.fd, a.vector, a.third, a.fourth);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit_raw, struct pt_regs *regs, long ret)
{
#if defined(__TARGET_ARCH_x86)
	__u64 nr = regs->orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	__u64 nr = regs->syscallno;
#endif

	__u32 op = op_of(nr);

	if (op == OP_APP || is_32_bit_call())
		return 0;
	if (op == OP_PREAD)
		pread_leave(ret);
	else if (is_change(op))
		call_changed(op, ret);
	else
		call_end(nr, ret);
	return 0;
}

#endif
