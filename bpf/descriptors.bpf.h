/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * descriptors.bpf.h - looks at all descriptors of processes, when user space asks.
 *
 * What goes in: the processes asked about, and an iterator over their files, or over all. What
 * comes out: how many of the descriptors are what struct descriptors counts. It costs the kernel
 * some 0.1 us for each, where /proc would cost user space several system calls.
 */
#ifndef IOPHASE_DESCRIPTORS_BPF_H
#define IOPHASE_DESCRIPTORS_BPF_H

enum {
	FASYNC = 020000,
};

struct descriptors asked[ASKED_MAX] = {}; /* in the order of pid */
__u32 asked_count = 0;
/* The process seen last, and its place: the iterator shows one after the other. */
__u32 asked_pid = 0, asked_place = 0;

/* The place in asked[] of a process, ASKED_MAX if it is not asked about. */
static __always_inline __u32 find_asked(__u32 pid)
{
	__u64 place = 0;

	/* Without a branch: the verifier would follow each way that a search can take. */
	for (__u32 step = ASKED_MAX / 2; step; step /= 2) {
		__u64 next = place + step;
		__s64 beyond, above;
		__u64 no;

		/* The compiler knows that it is in bounds, an old verifier must be shown. */
		barrier_var(next);
		beyond = (__s64)asked_count - 1 - (__s64)next;
		above = (__s64)pid - asked[next % ASKED_MAX].pid;
		no = (beyond | above) >> 63; /* all ones if one of them is negative */
		barrier_var(no);
		place += step & ~no;
	}
	barrier_var(place);
	return place < asked_count && asked[place % ASKED_MAX].pid == pid ? place : ASKED_MAX;
}

/* Whether the file of a socket listens: of TCP, UNIX and all the others, in the same state. */
static __always_inline bool file_listens(struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);

	return BPF_CORE_READ(socket, sk, __sk_common.skc_state) == TCP_LISTEN;
}

/* Whether a socket is one of a pair, or a connection, of a task's process with itself. */
static __always_inline bool file_is_of_pair(struct file *file, struct task_struct *task)
{
	struct sock *sk = sock_of(file);

	return BPF_CORE_READ(sk, __sk_common.skc_family) == AF_UNIX &&
	       BPF_CORE_READ(sk, sk_peer_pid) == BPF_CORE_READ(task, group_leader, thread_pid);
}

/* Counts how epoll watches a file of a task, if it does. */
static __always_inline void note_registration(struct descriptors *d, struct file *file, bool socket,
					      struct task_struct *task)
{
	__u32 way = file_registration(file, -1);
	bool edge = way == WAY_EPOLL_ET;

	bool set = !socket && file_is_named(file, "[eventpoll]");

	d->sets += set;
	d->registered += way != WAY_NONE;
	if (way == WAY_NONE || set)
		return;
	/* A listener of UNIX sockets has its own process for a peer, too. */
	if (socket && file_listens(file))
		*(edge ? &d->listeners_edge : &d->listeners_level) += 1;
	else if (!socket || file_is_of_pair(file, task))
		*(edge ? &d->others_edge : &d->others_level) += 1;
	else
		*(edge ? &d->connections_edge : &d->connections_level) += 1;
}

SEC("iter/task_file")
int look_at_descriptors(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct descriptors *d;
	bool socket;
	__u32 pid;

	if (!task || !file)
		return 0;
	pid = task->tgid;
	if (pid != asked_pid) {
		asked_place = find_asked(pid);
		asked_pid = pid;
	}
	if (asked_place >= ASKED_MAX)
		return 0;
	d = &asked[bounded(asked_place, ASKED_MAX)];
	socket = (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFSOCK;
	if (BPF_CORE_READ(file, f_flags) & FASYNC)
		d->async++;
	else if (socket)
		d->not_async++;
	if (!socket && file_is_signalfd(file))
		d->signalfds++;
	note_registration(d, file, socket, task);
	return 0;
}

#endif
