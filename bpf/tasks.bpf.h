/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tasks.bpf.h - threads are born, become another program, and die.
 *
 * What goes in: task_newtask, sched_process_exec and _exit. What comes out: struct threads taken
 * into use and marked dead; user space reads the dead ones and frees them.
 */
#ifndef IOPHASE_TASKS_BPF_H
#define IOPHASE_TASKS_BPF_H

enum {
	MAX_TAKEN = 64, /* freed threads taken back in one go */
	/* linux/sched.h */
	PF_IO_WORKER = 0x00000010, /* an io-wq worker or SQPOLL thread of io_uring */
	PF_KTHREAD = 0x00200000,
};

/* Puts what user space has given back onto the stack of free threads; one CPU does so at a time. */
static __always_inline void take_returned(void)
{
	__u32 lock = 0; /* no thread has tid 0 */

	if (*(volatile __u32 *)&returned_put == *(volatile __u32 *)&returned_taken)
		return;
	if (bpf_map_update_elem(&claims, &lock, &lock, BPF_NOEXIST))
		return;
	for (int i = 0; i < MAX_TAKEN && returned_taken != *(volatile __u32 *)&returned_put; i++) {
		__u32 key = returned_taken % returned_size, index;
		__u64 *entry = bpf_map_lookup_elem(&returned, &key);

		if (!entry)
			break;
		index = *entry;
		if (bpf_map_push_elem(&free_threads, &index, 0))
			break;
		returned_taken++;
	}
	bpf_map_delete_elem(&claims, &lock);
}

/* The current thread has made a new one, a thread of its process or the first of another. */
static __always_inline void task_born(struct task_struct *child)
{
	__u64 parent = bpf_get_current_pid_tgid();
	__u32 tid = child->pid, tgid = child->tgid, index;
	struct thread *t;
	__u16 *entry;

	if (!armed || !thread_of((__u32)parent))
		return;
	if (tgid != parent >> 32 && !follow)
		return;
	entry = tid_entry(tid);
	if (!entry) {
		lose(LOST_THREADS); /* pid_max has grown since we looked */
		return;
	}
	if (*entry)
		return;
	/* User space may find the same thread in /proc at the same moment. */
	if (bpf_map_update_elem(&claims, &tid, &tgid, BPF_NOEXIST)) {
		if (!bpf_map_lookup_elem(&claims, &tid))
			lose(LOST_CLAIMS);
		return;
	}
	take_returned();
	if (bpf_map_pop_elem(&free_threads, &index)) {
		bpf_map_delete_elem(&claims, &tid);
		lose(LOST_THREADS);
		return;
	}
	t = bpf_map_lookup_elem(&threads, &index);
	if (!t)
		return;
	clock_start(t, tgid, tid, bpf_ktime_get_ns(),
		    child->flags & PF_IO_WORKER ? OP_WORKER : OP_APP, PHASE_RUNQ);
	t->adopted = 0;
	t->parent = tgid == parent >> 32 ? 0 : parent >> 32;
	bpf_probe_read_kernel(t->comm, sizeof(t->comm), child->comm);
	__sync_fetch_and_add(&births, 1);
	clock_barrier();
	t->state = THREAD_LIVE;
	*entry = index;
}

/* Says the last word of the books of thread tid, whose place in tids is entry. */
static __always_inline void books_end(struct thread *t, __u32 tid, __u16 *entry,
				      struct task_struct *task)
{
	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	clock_move(t, bpf_ktime_get_ns(), OP_APP, PHASE_CPU);
	bpf_probe_read_kernel(t->comm, sizeof(t->comm), task->comm);
	*entry = 0;
	bpf_map_delete_elem(&claims, &tid);
	__sync_fetch_and_add(&deaths, 1);
	clock_barrier();
	t->state = THREAD_DEAD;
}

/* Whether the current task has just become a 32-bit process: its addresses end at 4 GiB. */
static __always_inline bool is_32_bit(struct task_struct *task)
{
	return task->mm->task_size <= 0xffffffffUL;
}

/*
 * An exec by a thread that is not its process's first takes over the first one's tid (which has
 * died by then, see de_thread() in fs/exec.c): its books move along. A process that becomes 32-bit
 * is traced no longer: its system calls have other numbers, and tracepoints of their own or none.
 */
static __always_inline void task_renamed(struct task_struct *task, pid_t old_tid)
{
	__u32 tid = task->pid, was = old_tid, tgid = task->tgid;
	__u16 *from, *to;
	struct thread *t;

	if (!armed)
		return;
	from = tid_entry(was);
	if (!from || !*from)
		return;
	t = thread_of(was);
	if (!t)
		return;
	if (is_32_bit(task)) {
		lose(LOST_COMPAT);
		books_end(t, was, from, task);
		return;
	}
	/* The new name came while the books were still under the old tid. */
	bpf_probe_read_kernel(t->comm, sizeof(t->comm), task->comm);
	if (tid == was)
		return;
	to = tid_entry(tid);
	if (!to)
		return;
	bpf_map_delete_elem(&claims, &was);
	if (bpf_map_update_elem(&claims, &tid, &tgid, BPF_NOEXIST))
		lose(LOST_CLAIMS);
	t->tid = tid;
	*to = *from;
	*from = 0;
}

/* The current thread dies. */
static __always_inline void task_died(struct task_struct *task)
{
	__u32 tid = task->pid;
	struct thread *t;
	__u16 *entry;

	if (!armed)
		return;
	entry = tid_entry(tid);
	if (!entry || !*entry)
		return;
	t = thread_of(tid);
	if (t)
		books_end(t, tid, entry, task);
}

/* Tells of all new threads; sched_process_fork tells nothing of those that the kernel makes. */
SEC("tp_btf/task_newtask")
int BPF_PROG(task_newtask, struct task_struct *child)
{
	undisturbed_begin();
	task_born(child);
	undisturbed_end();
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(sched_process_exec, struct task_struct *task, pid_t old_tid)
{
	undisturbed_begin();
	task_renamed(task, old_tid);
	undisturbed_end();
	return 0;
}

/* A thread gets a name, by itself or by another one; it does not bear it yet. */
SEC("tp_btf/task_rename")
int BPF_PROG(task_rename, struct task_struct *task, const char *comm)
{
	struct thread *t = armed ? thread_of(task->pid) : 0;

	if (t)
		bpf_probe_read_kernel_str(t->comm, sizeof(t->comm), comm);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	undisturbed_begin();
	task_died(task);
	undisturbed_end();
	return 0;
}

#endif
