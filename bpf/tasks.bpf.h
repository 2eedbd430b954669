/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tasks.bpf.h - threads are born, become another program, and die.
 *
 * What goes in: task_newtask, sched_process_exec and _exit. What comes out: struct threads taken
 * into use and marked dead; user space reads the dead ones and frees them. And which processes are
 * not what they were.
 */
#ifndef IOPHASE_TASKS_BPF_H
#define IOPHASE_TASKS_BPF_H

enum {
	ENOENT = 2, /* uapi/asm-generic/errno-base.h */
	/* linux/sched.h */
	PF_IO_WORKER = 0x00000010, /* an io-wq worker or SQPOLL thread of io_uring */
	PF_KTHREAD = 0x00200000,
};

/* When a task was started, as /proc tells it: ticks since boot. */
static __always_inline __u32 start_of(struct task_struct *task)
{
	return task->start_boottime / NSEC_PER_TICK;
}

/* A task whose books are to be opened. */
struct newcomer {
	struct task_struct *task;
	__u32 tid, tgid, start, flags;
};

/* The same of one that plain loads can follow. */
static __always_inline struct newcomer newcomer_of(struct task_struct *task)
{
	return (struct newcomer){task, task->pid, task->tgid, start_of(task), task->flags};
}

/* Counts a task of that family as one that finds no books, for that reason. */
static __always_inline void newcomer_lost(const struct newcomer *new, __u32 family, __u32 kind)
{
	struct lost_thread as = {new->start, new->tgid, family};

	lose_thread(new->tid, &as, kind);
}

/*
 * Claims its tid for a task of that family. False if user space has, who may find the same thread
 * in /proc at the same moment; or, counted, if there is no room.
 */
static __always_inline bool claim(const struct newcomer *new, __u32 family)
{
	__u32 tid = new->tid, start = new->start, *holder;

	if (!bpf_map_update_elem(&claims, &tid, &start, BPF_NOEXIST))
		return true;
	holder = bpf_map_lookup_elem(&claims, &tid);
	if (holder && *holder == start)
		return false;
	/* A claim of the last thread with that tid, whose deletion failed. */
	if (holder && !bpf_map_update_elem(&claims, &tid, &start, BPF_EXIST))
		return true;
	newcomer_lost(new, family, LOST_CLAIMS);
	return false;
}

/*
 * Says the last word of the books of thread tid, whose place in tids is entry. False if user space,
 * who looks for missed deaths, has done so: whoever takes the claim away ends the books.
 */
static __always_inline bool books_end(struct thread *t, __u32 tid, __u16 *entry)
{
	__u32 index = *entry;

	if (bpf_map_delete_elem(&claims, &tid) == -ENOENT)
		return false;
	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	clock_move(t, bpf_ktime_get_ns(), OP_APP, PHASE_CPU);
	*entry = 0;
	__sync_fetch_and_add(&deaths, 1);
	clock_barrier();
	t->state = THREAD_DEAD;
	tell_dead(index);
	return true;
}

/* Ends the books of a thread of which only now is known that it has died, since its tid is used
 * again. */
static __always_inline void end_missed(__u32 tid, __u16 *entry)
{
	struct thread *t = thread_of(tid);

	if (t && books_end(t, tid, entry))
		lose(LOST_DEATHS);
}

/* Whether the books under the tid of a task that is being born are those of an earlier thread, and
 * not its own, made by user space, who has found it in /proc. */
static __always_inline bool is_anothers(__u32 tid, struct task_struct *child)
{
	struct thread *t = thread_of(tid);

	return t && (!t->adopted || t->start != start_of(child));
}

/* Opens the books of a task whose tid is claimed; it is of that process (0: its own one, or
 * nobody's) and that family. */
static __always_inline void books_open(const struct newcomer *new, __u32 parent, __u32 family,
				       __u16 *entry)
{
	__u32 tid = new->tid, index = take_thread();
	struct thread *t = index ? thread_at(index) : 0;

	if (!t) {
		bpf_map_delete_elem(&claims, &tid);
		newcomer_lost(new, family, LOST_THREADS);
		return;
	}
	clock_start(t, new->tgid, tid, bpf_ktime_get_ns(),
		    new->flags &PF_IO_WORKER ? OP_WORKER : OP_APP, PHASE_RUNQ);
	t->start = new->start;
	t->adopted = 0;
	t->parent = parent;
	t->family = family;
	bpf_probe_read_kernel(t->comm, sizeof(t->comm), new->task->comm);
	__sync_fetch_and_add(&births, 1);
	clock_barrier();
	t->state = THREAD_LIVE;
	*entry = index;
}

/* The family of the current thread, if it has books, or should have some; 0: neither. */
static __always_inline __u32 family_of_current(void)
{
	struct thread *t = thread_current();

	return t ? t->family : lost_family();
}

/* The current thread has made a new one, a thread of its process or the first of another. */
static __always_inline void task_born(struct task_struct *child)
{
	__u64 parent = bpf_get_current_pid_tgid();
	bool is_thread = child->tgid == parent >> 32;
	struct newcomer new = newcomer_of(child);
	__u32 tid = child->pid, family;
	__u16 *entry;

	if (!armed)
		return;
	entry = tid_entry(tid);
	/* Whoever is born under a tid that is in the books must not be charged to its last owner.
	 */
	if (entry && *entry && is_anothers(tid, child))
		end_missed(tid, entry);
	if (!is_thread && !follow)
		return;
	family = family_of_current();
	if (!family)
		return;
	if (!entry) {
		/* pid_max has grown since we looked. */
		newcomer_lost(&new, family, LOST_THREADS);
		return;
	}
	if (!*entry && claim(&new, family))
		books_open(&new, is_thread ? 0 : parent >> 32, family, entry);
}

/* Whether the current task has just become a 32-bit process: its addresses end at 4 GiB. */
static __always_inline bool is_32_bit(struct task_struct *task)
{
	if (can_follow)
		return followed(struct task_struct, task)->mm->task_size <= 0xffffffffUL;
	return task->mm->task_size <= 0xffffffffUL;
}

/* Opens the books of the current task as those of a target that was there before us, but for what
 * it does, which is known; false if there is no room, or it has some. */
static __always_inline bool books_open_running(const struct newcomer *new, __u32 parent,
					       __u16 *entry)
{
	__u32 tid = new->tid;
	struct let_go *left;
	struct thread *t;

	if (*entry || !claim(new, new->tgid))
		return false;
	books_open(new, parent, new->tgid, entry);
	t = thread_of(tid);
	if (!t)
		return false;
	t->adopted = 1;
	left = bpf_map_lookup_elem(&left_threads, &tid);
	if (left)
		t->again = again_of(left, new->start, window_from);
	clock_move(t, bpf_ktime_get_ns(), OP_APP, PHASE_CPU);
	return true;
}

/*
 * The process that user space has made has become the command that is to be measured: its books
 * begin with its first instruction.
 */
static __always_inline void command_begins(struct task_struct *task, __u16 *entry)
{
	struct newcomer new = newcomer_of(task);

	if (is_32_bit(task))
		lose(LOST_COMPAT);
	else
		books_open_running(&new, 0, entry);
}

/* Moves the books of a thread to another tid. */
static __always_inline void books_rename(struct thread *t, __u16 *from, struct task_struct *task)
{
	struct newcomer new = newcomer_of(task);
	__u32 tid = new.tid, was = t->tid, start = new.start;
	__u16 *to = tid_entry(tid);

	if (to && *to)
		end_missed(tid, to);
	if (!to || bpf_map_update_elem(&claims, &tid, &start, BPF_ANY)) {
		newcomer_lost(&new, t->family, LOST_CLAIMS);
		books_end(t, was, from);
		return;
	}
	t->tid = tid;
	t->start = start;
	*to = *from;
	*from = 0;
	bpf_map_delete_elem(&claims, &was);
}

/*
 * An exec by a thread that is not its process's first takes over the first one's tid and start
 * (which has died by then, see de_thread() in fs/exec.c): its books move along. A process that
 * becomes 32-bit is traced no longer: its system calls have other numbers, and tracepoints of their
 * own or none.
 */
static __always_inline void task_renamed(struct task_struct *task, pid_t old_tid)
{
	__u32 was = old_tid;
	struct thread *t;
	__u16 *from;

	if (!armed)
		return;
	from = tid_entry(was);
	if (!from)
		return;
	if (was == command) {
		command = 0;
		command_begins(task, from);
		return;
	}
	if (!*from && any_lost)
		lost_renamed(was, task->pid, start_of(task), !is_32_bit(task));
	t = thread_of(was);
	if (!t)
		return;
	/* The loop was the last program's. */
	turn_none(t);
	if (is_32_bit(task)) {
		lose(LOST_COMPAT);
		books_end(t, was, from);
	} else if (task->pid != old_tid) {
		books_rename(t, from, task);
	}
}

/* The current thread dies. */
static __always_inline void task_died(struct task_struct *task)
{
	__u32 tid = task->pid;
	struct thread *t;
	__u16 *entry;

	if (!armed)
		return;
	lost_ends(tid);
	entry = tid_entry(tid);
	if (!entry || !*entry)
		return;
	t = thread_of(tid);
	if (!t)
		return;
	bpf_probe_read_kernel(t->comm, sizeof(t->comm), task->comm);
	books_end(t, tid, entry);
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
	if (armed)
		change_note(task->tgid, CHANGED_ITSELF, task->comm);
	return 0;
}

/* A thread gets a name, by itself or by another one; it does not bear it yet. */
SEC("tp_btf/task_rename")
int BPF_PROG(task_rename, struct task_struct *task, const char *comm)
{
	struct thread *t = armed ? thread_of(task->pid) : 0;

	if (t)
		bpf_probe_read_kernel_str(t->comm, sizeof(t->comm), comm);
	/* What it is called is what its first thread is. */
	if (armed && task->pid == task->tgid)
		change_note(task->tgid, CHANGED_ITSELF, comm);
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
