/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * denied.bpf.h - system calls that the kernel does not make: a seccomp filter answers them, or a
 * tracer. They end without having begun; and calls by 32-bit numbers.
 *
 * What goes in: the end of a call that no beginning was seen of, and the current task. What comes
 * out: whether there was none, so that nothing is lost.
 *
 * What is answered by Syscall User Dispatch has no end either: it is a signal and nothing else.
 */
#ifndef IOPHASE_DENIED_BPF_H
#define IOPHASE_DENIED_BPF_H

/* uapi/asm-generic/errno*.h and linux/errno.h: how calls end without having failed */
enum {
	EINTR = 4,
	EAGAIN = 11,
	ESPIPE = 29,
	ENOSYS = 38,
	ETIME = 62,
	EALREADY = 114,
	ECANCELED = 125,
	ERESTARTSYS = 512,
	ERESTARTNOINTR = 513,
	ERESTARTNOHAND = 514,
	ERESTART_RESTARTBLOCK = 516,
};

enum {
	MAX_FILTERS = 32, /* of one task that are looked through for a supervisor */
	TS_COMPAT = 2,	  /* x86, asm/thread_info.h: a 32-bit call is in progress */
	TIF_32BIT = 22,	  /* arm64, asm/thread_info.h: of a 32-bit program */
	X32_BIT = 30,	  /* x86, uapi/asm/unistd.h: of the number of a call of x32 */
};

/* Whether one of a task's filters leaves answers to a supervisor, who can give any. */
static __always_inline bool has_supervisor(struct task_struct *task)
{
	struct seccomp_filter *filter = BPF_CORE_READ(task, seccomp.filter);

	for (int i = 0; i < MAX_FILTERS && filter; i++) {
		if (BPF_CORE_READ(filter, notif))
			return true;
		filter = BPF_CORE_READ(filter, prev);
	}
	return false;
}

/* Whether a result is how a call that was made ends every day, and no filter's answer. */
static __always_inline bool is_everyday(long ret)
{
	return ret == -EAGAIN || ret == -EINTR ||
	       (ret <= -ERESTARTSYS && ret >= -ERESTART_RESTARTBLOCK);
}

/*
 * Whether the current task's call nr, which ended with ret and was not seen to begin, has not been
 * made: the task has a seccomp filter, or a tracer that may emulate calls. Such a call fails, or
 * pretends to succeed; more than that only a supervisor or a tracer can say. Else it was missed.
 */
static __always_inline bool is_denied(__u64 nr, long ret)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	int mode = 0;

	if (is_everyday(ret))
		return false;
	if (BPF_CORE_READ(task, ptrace))
		return true;
	if (bpf_core_field_exists(task->seccomp.mode))
		mode = BPF_CORE_READ(task, seccomp.mode);
	if (!mode)
		return false;
	/* A filter that sends SIGSYS leaves the number where the result would be. */
	return ret <= 0 || (__u32)ret == (__u32)nr || has_supervisor(task);
}

/* Whether the current task's call is a 32-bit one, in whatever process: other numbers hold then. */
static __always_inline bool is_32_bit_call(void)
{
#if defined(__TARGET_ARCH_x86)
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		task = bpf_get_current_task_btf();
		return task->thread_info.status & TS_COMPAT;
	}
	task = (struct task_struct *)bpf_get_current_task();
	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
#elif defined(__TARGET_ARCH_arm64)
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, thread_info.flags) & 1UL << TIF_32BIT;
#endif
}

/* The same of call nr, or whether that is one of x32, whose numbers are those of 64 bits and a bit
 * more; where the kernel has no x32, such a call fails. */
static __always_inline bool is_by_32_bits(__u64 nr)
{
	/* Numbers below 0, as of calls that are not made, have all bits. */
	return (__u32)nr >> X32_BIT == 1 || is_32_bit_call();
}

#endif
