/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sched.bpf.h - the scheduler takes a thread off a CPU, wakes it, and puts it on one.
 *
 * What goes in: sched_switch and sched_wakeup. Both run under the lock of the run queue that the
 * thread is on, which is what makes one writer of its clock at a time. (sched_waking does not, so
 * it is not used.) What comes out: the phase hand.
 */
#ifndef IOPHASE_SCHED_BPF_H
#define IOPHASE_SCHED_BPF_H

/* linux/sched.h, linux/sched/jobctl.h */
enum {
	TASK_INTERRUPTIBLE = 0x1,
	STOPPED_STATES = 0x4 | 0x8 | 0x8000, /* __TASK_STOPPED, __TASK_TRACED, TASK_FROZEN (6.1) */
	JOBCTL_TRAP_FREEZE = 1 << 23,
};

/* The state of a task, 0: runnable. It is read from the task since the argument that carries it
 * came with 5.18. */
static __always_inline __u32 state_of(struct task_struct *task)
{
	struct task_struct___before_5_14 *old = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return old->state;
}

/*
 * Whether a task that leaves its CPU in that state is stopped: by a signal, its tracer, or a
 * freezer, of which that of cgroup v2 lets it sleep in a state like any other; with a signal that
 * is still to be looked at it could not.
 */
static __always_inline bool is_stopped(struct task_struct *task, __u32 state)
{
	return state & STOPPED_STATES ||
	       (state & TASK_INTERRUPTIBLE && task->jobctl & JOBCTL_TRAP_FREEZE);
}

/* Whether a task is on a CPU. A kernel for one CPU does not note it: there it is the current one.
 */
static __always_inline bool is_on_cpu(struct task_struct *task)
{
	if (bpf_core_field_exists(task->on_cpu))
		return task->on_cpu;
	return task->pid == (pid_t)bpf_get_current_pid_tgid();
}

/*
 * Whether the current thread, which goes to sleep, does so for a lock, for memory or for a page:
 * the call that it is inside of may not wait for its peer. Of splice and tee this is not known, as
 * they have two descriptors, and either may be waited for.
 */
static __always_inline bool sleeps_aside(const struct thread *t)
{
	struct file *file;

	switch (op_traits[t->op % MAX_OPS].op_class) {
	case CLASS_READ:
	case CLASS_ACCEPT:
	case CLASS_CONNECT:
	case CLASS_WRITE:
		break;
	default:
		return false;
	}
	if (t->nowait)
		return true;
	if (t->op == OP_SPLICE || t->op == OP_SPLICE_WRITE || t->op == OP_TEE)
		return false;
	file = file_of(t->fd);
	return file && field_of(struct file, file, f_flags) & O_NONBLOCK;
}

/* The current thread, which is t, leaves its CPU at now (ns): pre-empted, or to sleep. */
static __always_inline void switched_out(struct thread *t, __u64 now, bool runnable)
{
	if (!runnable && sleeps_aside(t))
		clock_step_aside(t, now);
	else
		clock_switch_out(t, now, runnable);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct thread *t;
	__u64 now = 0;

	if (!armed)
		return 0;
	t = thread_of(prev->pid);
	if (t) {
		__u32 state = preempt ? 0 : state_of(prev);

		now = bpf_ktime_get_ns();
		if (light)
			light_leaves(t, now, !state);
		switched_out(t, now, !state);
		if (is_stopped(prev, state))
			t->stopped = 1;
	}
	t = thread_of(next->pid);
	if (t) {
		now = now ? now : bpf_ktime_get_ns();
		clock_switch_in(t, now);
		if (light)
			light_got_cpu(t, now);
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task)
{
	struct thread *t;

	if (!armed)
		return 0;
	t = thread_of(task->pid);
	if (t)
		clock_wake(t, bpf_ktime_get_ns(), is_on_cpu(task));
	return 0;
}

#endif
