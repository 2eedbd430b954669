/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * uring_reads.bpf.h - reads of io_uring that are no plain ones, and writes to oneself.
 *
 * What goes in: a request that is completed, as the kernel shows it since 6.0. What comes out:
 * whether a read was of a socket, a wake-up, a peek, of the queue of errors, or got no bytes though
 * the peer is not done; and pipes and pairs of sockets to which the process has written.
 */
#ifndef IOPHASE_URING_READS_BPF_H
#define IOPHASE_URING_READS_BPF_H

/* uapi/linux/io_uring.h */
enum {
	IORING_OP_SENDMSG = 9,
	IORING_OP_RECVMSG = 10,
	IORING_OP_READ = 22,
	IORING_OP_SEND = 26,
	IORING_OP_RECV = 27,
	IOSQE_BUFFER_SELECT = 1 << 5,
};

/* The low bits of a request's flags, which are those of its submission. */
static __always_inline __u32 uring_flags(struct io_kiocb *request)
{
	__u64 flags = 0;

	bpf_probe_read_kernel(&flags, sizeof(__u32),
			      (void *)request + bpf_core_field_offset(request->flags));
	return flags;
}

/* Whether a read, or receive, was asked for no bytes. */
static __always_inline bool uring_no_room(struct io_kiocb *request, __u8 opcode)
{
	__u32 length = 1;

	/* What a request is asked for is laid over its begin. */
	if (opcode == IORING_OP_RECV)
		length = field_of(struct io_sr_msg, request, len);
	else if (opcode == IORING_OP_READ)
		length = field_of(struct io_rw, request, len);
	return !length && !(uring_flags(request) & IOSQE_BUFFER_SELECT);
}

/* What a receive is by its flags. */
static __always_inline __u8 uring_receives(struct io_kiocb *request)
{
	__u32 flags = field_of(struct io_sr_msg, request, msg_flags);

	return (flags & MSG_PEEK ? READ_PEEKED : 0) | (flags & MSG_ERRQUEUE ? READ_NO_DATA : 0);
}

/* Whether a read of a file of that kind brought what its process had said to itself. */
static __always_inline bool uring_woke(struct file *file, __u32 kind)
{
	switch (kind) {
	case FILE_ANONYMOUS:
		return file_wakes(file);
	case FILE_PIPE:
		return is_own_pipe(file);
	case FILE_SOCKET:
		return any_own_pair && sock_is_of_pair(sock_of(file)) && is_own_socket(file);
	}
	return false;
}

/* Looks at a request to read that is completed with a result. */
static __noinline void uring_read_look(struct completion *c, struct io_kiocb *request, __u8 opcode,
				       __s32 result)
{
	struct file *file = field_of(struct io_kiocb, request, file);
	__u32 kind = FILE_SOCKET;

	if (opcode == IORING_OP_RECV || opcode == IORING_OP_RECVMSG)
		c->special = uring_receives(request);
	else
		kind = file_waits(file);
	c->socket = kind == FILE_SOCKET;
	if (result < 0)
		return;
	if (uring_woke(file, kind))
		c->special |= READ_WOKE;
	if (result)
		return;
	if (uring_no_room(request, opcode))
		c->special |= READ_NO_DATA;
	if (c->special & READ_NO_DATA || (c->socket && !is_done(file)))
		c->special |= READ_EMPTY;
}

/* A request to write is completed; what it was written to may be the process's own. */
static __noinline void uring_written(struct io_kiocb *request, __u8 opcode)
{
	struct file *file = field_of(struct io_kiocb, request, file);

	if (!file)
		return;
	if (opcode == IORING_OP_SEND || opcode == IORING_OP_SENDMSG)
		own_socket_written(file);
	else
		own_written(file, file_waits(file));
}

#endif
