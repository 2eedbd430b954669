/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * calls.bpf.h - a call as the books know it: which one it is, what it was given, what came of it.
 *
 * What goes in: the number, arguments and result of a system call, from whoever sees it: the hooks
 * of syscalls.bpf.h, or light.bpf.h, which has none. What comes out: the row of the call, and what
 * call_finish() has to do.
 */
#ifndef IOPHASE_CALLS_BPF_H
#define IOPHASE_CALLS_BPF_H

/* The arguments that some row of the table of calls asks for. */
struct call_args {
	__u64 fd;     /* the first one, always */
	__u64 vector; /* the second: message vector of recvmmsg and sendmmsg, epoll_ctl's order */
	__u64 third;
	__u64 fourth;
	__u64 fifth;
	__u64 sixth;
};

/* The arguments of the system call that was begun with these registers. */
static __always_inline struct call_args args_in(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (struct call_args){
		.fd = regs->di,
		.vector = regs->si,
		.third = regs->dx,
		.fourth = regs->r10,
		.fifth = regs->r8,
		.sixth = regs->r9,
	};
#elif defined(__TARGET_ARCH_arm64)
	return (struct call_args){
		.fd = regs->orig_x0,
		.vector = regs->regs[1],
		.third = regs->regs[2],
		.fourth = regs->regs[3],
		.fifth = regs->regs[4],
		.sixth = regs->regs[5],
	};
#endif
}

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

/*
 * The call that call op of the current thread is, by its first argument: OP_APP if that is a file
 * that never waits. Where the file decides, *kind is set. Notes what the process writes to itself.
 */
static __always_inline __u32 call_by_file(__u32 op, const struct call_args *a, enum file_kind *kind)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];

	if (traits->fd_decides) {
		struct file *file = file_of(a->fd);

		if (file)
			*kind = file_waits(file);
		if (op == OP_SPLICE)
			return splice_op(file, *kind, a->third);
		if (*kind == FILE_NO_WAIT)
			return OP_APP;
		if (op == OP_TEE)
			own_pipe_filled(file_of(a->vector));
		else if (traits->op_class == CLASS_WRITE)
			own_written(file, *kind);
	} else if (traits->op_class == CLASS_WRITE && !traits->queue) {
		own_socket_written(file_of(a->fd));
	}
	return op;
}

/* Notes the arguments of call op, which the thread t begins now: its hands are there already.
 * `kind` is of the first one's file, where that decides. */
static __always_inline void call_noted(struct thread *t, __u32 op, const struct call_args *a,
				       enum file_kind kind)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];

	clock_mark(t, op);
	/* An id is looked up nowhere. */
	t->fd = traits->queue == QUEUE_SYSV ? -1 : (__s32)a->fd;
	t->file_kind = kind;
	t->arg = kept_of(a, traits->kept);
	t->length = traits->room == ROOM_FIFTH ? a->fifth : a->third;
	t->flags = flags_of(a, traits->flags_arg);
	t->nowait = !!(t->flags & traits->nowait);
}

/* A call that has ended. */
struct ended {
	__u32 op;
	__u32 todo;   /* what call_finish() has to do */
	__u32 slept;  /* whether it slept */
	__u32 failed; /* whether its errno is to be counted */
	__u32 begun;  /* whether it was seen to begin */
};

/*
 * Writes the call op of thread t, which has ended with ret, into its books, and says in *e what is
 * left to be done. Its time is charged already. `only`: the one class that the call may be of, a
 * constant; CLASS_APP: any.
 */
static __always_inline void call_close(struct thread *t, __u32 op, __u32 only, long ret,
				       struct ended *e)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];
	__u32 out = forgotten(outcome_of(op, ret), t->since);
	struct call_time took = clock_taken(t, op);
	__u64 bytes = 0;
	struct row *row;

	e->slept = took.wait > 0;
	if (out == OUT_AGAIN && took.wait && call_timed_out(t, traits))
		out = OUT_TIMEOUT;
	e->todo = forgotten(call_judge(t, traits, only, out, ret, took.wait), t->since);
	if (only != CLASS_WRITE && e->todo != TODO_SPECIAL_READ)
		told_wear_off(t, traits->op_class, out, took.wait);
	t->refused |= (traits->op_class == CLASS_WRITE) & (out == OUT_AGAIN);
	/* The helper thread repeats an interrupted read. */
	if (out != OUT_INTERRUPTED)
		t->aio = 0;
	t->restart_op = ret == -ERESTART_RESTARTBLOCK ? op : OP_APP;
	if (e->todo == TODO_SPECIAL_READ)
		return;
	if (ret > 0 && traits->bytes == BYTES_RETURNED)
		bytes = ret;
	else if (ret > 0 && traits->bytes == BYTES_MMSG)
		e->todo = TODO_MESSAGES;
	else if (!ret && traits->bytes == BYTES_KEPT)
		bytes = t->arg;
	row = row_of(t, op);
	if (row)
		row_add(row, out, bytes, took.wait, took.busy);
	e->failed = out == OUT_ERROR;
}

#endif
