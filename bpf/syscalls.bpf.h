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

/* In aio.bpf.h. */
int aio_enter(__u32 op, __u64 context, __u64 count, __u64 list);
int aio_leave(__u32 op, long ret);

/* In joins.bpf.h. */
int call_changed(__u32 op, long ret);

/* In conns/bycalls.bpf.h. */
int conn_of_call(__u32 op, long ret, __u32 slept);

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
	/* This also tells which call one goes on with that was stopped when it was found. */
	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	if (op == OP_RESTART)
		op = t->restart_op;
	traits = &op_traits[op % MAX_OPS];
	op = call_by_file(op, a, &kind);
	now = bpf_ktime_get_ns();
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
	call_noted(t, op, a, kind);
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
		row_add(row, ret > 0 && !told ? OUT_ERROR : outcome_of(op, ret),
			told && traits->bytes == BYTES_RETURNED ? ret : 0, 0, 0);
	return ret < 0 && outcome_of(op, ret) == OUT_ERROR;
}

/* The current thread ends system call nr with ret. */
static __always_inline struct ended call_leave(__u64 nr, long ret)
{
	struct ended e = {.op = op_of(nr)};
	struct thread *t;
	__u64 now;
	__u32 op;

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
	call_close(t, op, CLASS_APP, ret, &e);
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
		mux_enter(a.fd, a.vector, a.third, 0, 0);
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

	undisturbed_begin();
	call_enter(op_of(ctx->id), &a);
	undisturbed_end();
	return 0;
}

SEC("tracepoint")
int sys_enter_5(struct trace_event_raw_sys_enter *ctx)
{
	struct call_args a = {
		.fd = ctx->args[0],
		.vector = ctx->args[1],
		.third = ctx->args[2],
		.fourth = ctx->args[3],
		.fifth = ctx->args[4],
	};
	__u32 op = op_of(ctx->id);

	undisturbed_begin();
	call_enter(op, &a);
	undisturbed_end();
	if (is_aio(op))
		aio_enter(op, a.fd, 0, 0);
	else if (is_mux(op))
		mux_enter(a.fd, a.vector, a.third, a.fourth, a.fifth);
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
	struct call_args a = args_in(regs);
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
		mux_enter(a.fd, a.vector, a.third, a.fourth, a.fifth);
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
