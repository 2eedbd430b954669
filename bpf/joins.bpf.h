/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * joins.bpf.h - calls after which a process may be what the user looks for, moves to another
 * cgroup, and threads that are taken in at once.
 *
 * What goes in: the ends of calls that make sockets, have them wait at a port, or change the user,
 * by whichever process; those calls are hooked only if a selector asks for it. Without hooks on
 * calls, the first that happens to a socket stands for the call that made it. What comes out: the
 * process is told of; where all who have a socket are meant, the thread that has made one has
 * books before it can use it.
 */
#ifndef IOPHASE_JOINS_BPF_H
#define IOPHASE_JOINS_BPF_H

/* The process that is never meant: iophase; set before load. */
const volatile __u32 own_tgid = 0;

/* Whether all who have a socket are meant; set by user space, when those that had one before are in
 * the books: whose first it is has none that would have to be looked at. */
bool take_in = false;

/* The current task, by calls of helpers: Linux 5.10 has no pointer to it that can be followed. */
static __always_inline struct newcomer newcomer_current(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return (struct newcomer){
		task,
		BPF_CORE_READ(task, pid),
		BPF_CORE_READ(task, tgid),
		BPF_CORE_READ(task, start_boottime) / NSEC_PER_TICK,
		BPF_CORE_READ(task, flags),
	};
}

/* Opens the books of the current thread, which has none; false if it is not to have any, or there
 * is no room. */
static __always_inline bool thread_taken_in(void)
{
	struct newcomer new = newcomer_current();
	struct task_struct *task = new.task;
	__u32 parent = 0;
	__u16 *entry;

	/* Addresses of a 32-bit process end at 4 GiB. */
	if (BPF_CORE_READ(task, mm, task_size) <= 0xffffffffUL)
		return false;
	entry = tid_entry(new.tid);
	if (!entry) {
		newcomer_lost(&new, new.tgid, LOST_THREADS);
		return false;
	}
	if (new.tid == new.tgid)
		parent = BPF_CORE_READ(task, real_parent, tgid);
	return books_open_running(&new, parent, entry);
}

/* The current thread has ended a call, by which op stands, with ret. */
int call_changed(__u32 op, long ret)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	bool taken_in;

	if (!with_changes || !armed || ret < 0 || tgid == own_tgid)
		return 0;
	/* Who has books has had a socket, and may make many. */
	if (op == OP_NEW_USER)
		return change_note(tgid, CHANGED_ITSELF, name_of_process(task));
	if (op == OP_NEW_PORT && (ports_exclude || !thread_current()))
		return change_note(tgid, CHANGED_SOCKETS, name_of_process(task));
	if (op != OP_NEW_SOCKET || thread_current())
		return 0;
	undisturbed_begin();
	taken_in = take_in && thread_taken_in();
	undisturbed_end();
	if (taken_in)
		return change_tell(tgid, CHANGED_TAKEN_IN, name_of_process(task));
	return change_note(tgid, CHANGED_SOCKETS, name_of_process(task));
}

/* Whether what happens to sockets tells who has one, and who waits at a port, since no hook on
 * calls does; set before load. */
const volatile bool sockets_tell = false;
const volatile bool ports_tell = false;

/* Whether a process has been told of for its sockets: what comes of that is known by now. */
static __always_inline bool has_been_told(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 *last = bpf_map_lookup_elem(&told_of, &tgid);

	return last && *last & CHANGED_SOCKETS;
}

/*
 * The books of the current thread, which connects a socket, has it wait for clients, or reads or
 * writes one. Of one that has none it may be the first socket, of which without hooks on calls
 * nothing else tells. NULL if it has none, nor is to have any.
 */
static __always_inline struct thread *thread_at_socket(void)
{
	struct thread *t = thread_current();

	if (t || !sockets_tell || (!take_in && has_been_told()))
		return t;
	call_changed(OP_NEW_SOCKET, 0);
	return thread_current();
}

SEC("tracepoint")
int sys_exit_changes(struct trace_event_raw_sys_exit *ctx)
{
	call_changed(op_of(ctx->id), ctx->ret);
	return 0;
}

/* A process, or a thread of it, is in another cgroup. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(cgroup_attach_task, void *to, const char *path, struct task_struct *task)
{
	if (armed)
		change_note(task->tgid, CHANGED_ITSELF, name_of_process(task));
	return 0;
}

#endif
