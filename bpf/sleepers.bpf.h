/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sleepers.bpf.h - tells of the threads of a process that are asleep, when user space asks.
 *
 * What goes in: an iterator over the threads of a process (6.1). What comes out: a struct sleeper
 * for each that is asleep and nothing else, which are most of thousands: what /proc would take
 * eight system calls to tell. The others are not told of: user space asks /proc about them.
 */
#ifndef IOPHASE_SLEEPERS_BPF_H
#define IOPHASE_SLEEPERS_BPF_H

enum {
	/* linux/sched.h */
	ASLEEP_STATES = TASK_INTERRUPTIBLE | 0x2, /* TASK_UNINTERRUPTIBLE */
	PF_EXITING = 0x00000004,
};

/*
 * Whether a task is asleep and nothing else: on no queue of a CPU, so not pre-empted on its way to
 * sleep; on no CPU, so that it has been seen to leave it; and not stopped, dying, or a kernel
 * worker of io_uring.
 */
static __always_inline bool is_asleep(struct task_struct *task)
{
	__u32 state = state_of(task);

	return state & ASLEEP_STATES && !task->on_rq && !is_on_cpu(task) &&
	       !is_stopped(task, state) && !(task->flags & (PF_EXITING | PF_IO_WORKER));
}

/* The struct file behind a descriptor of any task, or NULL. */
static __always_inline struct file *file_of_task(struct task_struct *task, __u32 fd)
{
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file **slots = BPF_CORE_READ(fdt, fd), *file = 0;

	if (fd >= BPF_CORE_READ(fdt, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), slots + fd);
	return file;
}

/* Fills in the system call that a task is asleep in. */
static __always_inline void tell_call(struct sleeper *s, struct task_struct *task)
{
	const struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct call_args a = args_in(regs);
	enum file_kind kind;
	struct file *file;

	s->nr = nr_in_progress(regs);
	s->arg[0] = a.fd;
	s->arg[1] = a.vector;
	s->arg[2] = a.third;
	s->arg[3] = a.fourth;
	s->arg[4] = a.fifth;
	s->arg[5] = a.sixth;
	if (!op_traits[op_of(s->nr) % MAX_OPS].fd_decides)
		return;
	file = file_of_task(task, a.fd);
	kind = file ? file_waits(file) : FILE_NO_WAIT;
	s->waits = kind != FILE_NO_WAIT;
	s->pipe = kind == FILE_PIPE;
}

SEC("iter/task")
int tell_sleepers(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct sleeper s = {};
	unsigned long switches;

	if (!task)
		return 0;
	switches = task->nvcsw;
	clock_barrier();
	if (!is_asleep(task))
		return 0;
	s.tid = task->pid;
	s.start = start_of(task);
	s.parent = BPF_CORE_READ(task, real_parent, tgid);
	bpf_probe_read_kernel(s.comm, sizeof(s.comm), task->comm);
	tell_call(&s, task);
	/* If it has run meanwhile, its registers may be those of two calls. It is counted as
	 * switched out before it is on no CPU, so that is asked for the other way round. */
	clock_barrier();
	if (!is_asleep(task))
		return 0;
	clock_barrier();
	if (task->nvcsw == switches)
		bpf_seq_write(ctx->meta->seq, &s, sizeof(s));
	return 0;
}

#endif
