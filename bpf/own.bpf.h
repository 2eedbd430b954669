/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own.bpf.h - what a process says to itself: through its own pipes and pairs of sockets, eventfds,
 * timerfds and signalfds.
 *
 * What goes in: writes to pipes and to UNIX sockets, and reads of them. What comes out: whether a
 * read brought what its own process had written, as wake-ups of event loops do; and in which
 * direction a splice goes.
 *
 * A pipe is the process's own once it has written to it. So is a pair of UNIX sockets that it has
 * made and writes to; of those that it has made and shares with a child, it is the child who
 * writes. What was there before the attach is not known until it is written to again.
 */
#ifndef IOPHASE_OWN_BPF_H
#define IOPHASE_OWN_BPF_H

enum {
	OWN_MAX = 4096, /* pipes and sockets that are remembered; the least used one goes first */
	AF_UNIX = 1,
};

/* A pipe, or the socket at the reading end of a pair, and a process. */
struct own_key {
	__u64 object; /* the address of the pipe's inode, or of the struct sock */
	__u32 number; /* of the pipe's inode: tells it from the next one at the same address */
	__u32 tgid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct own_key);
	__type(value, __u32); /* 1: the process has written to it */
	__uint(max_entries, OWN_MAX);
} own SEC(".maps");

/* They spare the look-ups where nobody has a pipe, or a pair of sockets, of his own. */
bool any_own_pipe = false;
bool any_own_pair = false;

/* The current process. */
static __always_inline __u32 current_tgid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* The key of a pipe and the current process. */
static __always_inline struct own_key own_pipe_key(struct file *pipe)
{
	struct inode *inode = field_of(struct file, pipe, f_inode);

	return (struct own_key){.object = (__u64)inode,
				.number = field_of(struct inode, inode, i_ino),
				.tgid = current_tgid()};
}

/* Notes that the current process writes to a pipe or a socket; should it fail, its reads count as
 * those of a peer's data. */
static __always_inline void own_note(const struct own_key *key)
{
	__u32 yes = 1;

	if (!bpf_map_lookup_elem(&own, key))
		bpf_map_update_elem(&own, key, &yes, BPF_NOEXIST);
}

/* The current process is about to write to a pipe. */
static __noinline void own_pipe_filled(struct file *pipe)
{
	struct own_key key = own_pipe_key(pipe);

	own_note(&key);
	any_own_pipe = true;
}

/* Whether the current process has written to the pipe that it reads. */
static __noinline bool is_own_pipe(struct file *pipe)
{
	struct own_key key;

	if (!any_own_pipe)
		return false;
	key = own_pipe_key(pipe);
	return bpf_map_lookup_elem(&own, &key);
}

/* The struct sock of a socket's file. */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct socket *socket = field_of(struct file, file, private_data);

	return field_of(struct socket, socket, sk);
}

/* The file by which a program has a socket; NULL: it was not accepted yet, or is the kernel's own.
 */
static __always_inline struct file *file_of_sock(struct sock *sk)
{
	struct socket *socket = field_of(struct sock, sk, sk_socket);

	return socket ? field_of(struct socket, socket, file) : 0;
}

/* What the kernel itself knows the current process by. */
static __always_inline struct pid *current_process(void)
{
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		return task_to_follow()->group_leader->thread_pid;
	task = (struct task_struct *)bpf_get_current_task();
	return BPF_CORE_READ(task, group_leader, thread_pid);
}

/* Whether both ends of a UNIX socket's pair, or connection, were made by the current process. */
static __always_inline bool sock_is_of_pair(struct sock *sk)
{
	return field_of(struct sock, sk, __sk_common.skc_family) == AF_UNIX &&
	       field_of(struct sock, sk, sk_peer_pid) == current_process();
}

/* The current process is about to write to one end of a pair that it has made. */
static __noinline void own_pair_written(struct sock *sk)
{
	struct own_key key = {.tgid = current_tgid()};

	if (!bpf_core_field_exists(((struct unix_sock *)0)->peer))
		return;
	key.object = (__u64)field_of(struct unix_sock, sk, peer);
	if (!key.object)
		return;
	own_note(&key);
	any_own_pair = true;
}

/* The current process is about to write to a socket; NULL is none. */
static __always_inline void own_socket_written(struct file *file)
{
	struct sock *sk = file ? sock_of(file) : 0;

	if (sk && sock_is_of_pair(sk))
		own_pair_written(sk);
}

/* Whether the current process has written to the pair of a socket that it has read from. */
static __always_inline bool is_own_socket(struct file *file)
{
	struct own_key key = {.object = (__u64)sock_of(file), .tgid = current_tgid()};

	return any_own_pair && bpf_map_lookup_elem(&own, &key);
}

/* Whether an anonymous inode is one by which a process wakes itself. */
static __always_inline bool file_wakes(struct file *file)
{
	return file_is_named(file, "[eventfd]") || file_is_named(file, "[timerfd]") ||
	       file_is_signalfd(file);
}

/* The current process is about to write to a file of that kind. */
static __always_inline void own_written(struct file *file, enum file_kind kind)
{
	if (kind == FILE_PIPE)
		own_pipe_filled(file);
	else if (kind == FILE_SOCKET)
		own_socket_written(file);
}

/* Which call a splice is, from its two ends: `in` is of that kind. One into a pipe reads, and one
 * out of a pipe writes; from pipe to pipe it reads, unless the data have been read before. */
static __noinline __u32 splice_op(struct file *in, __u32 kind, __u32 fd_out)
{
	struct file *out = file_of(fd_out);
	__u32 to = out ? file_waits(out) : FILE_NO_WAIT;
	bool own_in;

	if (to == FILE_PIPE)
		own_pipe_filled(out);
	if (kind == FILE_NO_WAIT)
		return OP_APP;
	if (kind != FILE_PIPE)
		return OP_SPLICE;
	own_in = is_own_pipe(in);
	if (to == FILE_PIPE)
		return own_in ? OP_SPLICE_WRITE : OP_SPLICE;
	if (to == FILE_NO_WAIT)
		return own_in ? OP_APP : OP_SPLICE;
	return OP_SPLICE_WRITE;
}

#endif
