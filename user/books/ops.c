/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ops.c - the table of calls. To time another system call, add its name to enum op_number and a row
 * here; the kernel half gets the table through its read-only data. A second row of the same name
 * does not compile; that none is missing, and no system call is in two rows, is a unit test.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "books/ops.h"

/* arm64 and other new architectures never had these. */
#ifndef SYS_select
#define SYS_select -1
#endif
#ifndef SYS_poll
#define SYS_poll -1
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait -1
#endif
/* Newer than some C libraries that we build with; the number is the same on every architecture. */
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008
#endif

/* The headers that have these, as SPLICE_F_NONBLOCK and IPC_NOWAIT, are for those who do I/O. */
enum {
	SPLICE_NOWAIT = 2,
	QUEUE_NOWAIT = 04000,
};

/* What a returned 0 means in a call of that class. */
#define ZERO(class_)                                                                               \
	((class_) == CLASS_READ ? OUT_EOF : (class_) == CLASS_MUX ? OUT_TIMEOUT : OUT_OK)

/* A call that counts on every descriptor, or has none: a socket's read, accept or write ... */
#define SOCKET_CALL(call, class_, bytes_)                                                          \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = class_,                                                        \
			.zero = ZERO(class_),                                                      \
			.bytes = bytes_,                                                           \
			.flags_arg = ARG_NONE,                                                     \
		},                                                                                 \
	}

/* The same with an argument of flags, of which `bit` asks for no waiting. */
#define SOCKET_CALL_FLAGS(call, class_, bytes_, arg, bit)                                          \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = class_,                                                        \
			.zero = ZERO(class_),                                                      \
			.bytes = bytes_,                                                           \
			.flags_arg = arg,                                                          \
			.nowait = bit,                                                             \
		},                                                                                 \
	}

/* A call that receives from a socket: some flags make it something else than a plain read. */
#define RECEIVE_CALL(call, bytes_, arg, room_)                                                     \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = CLASS_READ,                                                    \
			.zero = OUT_EOF,                                                           \
			.bytes = bytes_,                                                           \
			.flags_arg = arg,                                                          \
			.room = room_,                                                             \
			.nowait = MSG_DONTWAIT,                                                    \
			.special = MSG_PEEK | MSG_TRUNC | MSG_ERRQUEUE,                            \
		},                                                                                 \
	}

/* A read or write that is an I/O call only if its first argument is a file that can wait. */
#define FILE_CALL(call, class_, arg, bit, ...)                                                     \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {.op_class = class_,                                                     \
			   .zero = ZERO(class_),                                                   \
			   .fd_decides = 1,                                                        \
			   .bytes = BYTES_RETURNED,                                                \
			   .flags_arg = arg,                                                       \
			   .nowait = bit,                                                          \
			   __VA_ARGS__},                                                           \
	}

/* A call on a queue of messages: a message of no bytes is one, too. */
#define QUEUE_CALL(call, class_, queue_, ...)                                                      \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = class_,                                                        \
			.zero = OUT_OK,                                                            \
			.queue = queue_,                                                           \
			__VA_ARGS__,                                                               \
		},                                                                                 \
	}

/*
 * A call that waits for many descriptors; what is read when it says ready is read in its way. No
 * flag of it asks for no waiting; `arg` is the last argument that is looked at, if it is not the
 * third.
 */
#define MUX_CALL(call, way, arg)                                                                   \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = CLASS_MUX,                                                     \
			.zero = OUT_TIMEOUT,                                                       \
			.mux_way = way,                                                            \
			.flags_arg = arg,                                                          \
		},                                                                                 \
	}

/* A call that fetches completions of Linux AIO, into the memory that its fourth argument tells; it
 * has five, and goes the way of those. */
#define AIO_EVENTS(call)                                                                           \
	{                                                                                          \
		.name = #call, .nr = SYS_##call,                                                   \
		.traits = {                                                                        \
			.op_class = CLASS_ASYNC,                                                   \
			.zero = OUT_TIMEOUT,                                                       \
			.mux_way = WAY_LINUX_AIO,                                                  \
			.flags_arg = 4,                                                            \
			.kept = 3,                                                                 \
		},                                                                                 \
	}

/* What is asked of an asynchronous interface; no call. */
#define REQUEST(name_, way)                                                                        \
	{                                                                                          \
		.name = name_, .nr = -1,                                                           \
		.traits = {                                                                        \
			.op_class = CLASS_REQUEST,                                                 \
			.mux_way = way,                                                            \
			.flags_arg = ARG_NONE,                                                     \
		},                                                                                 \
	}

/* The place of a row that a thread can be in; one that has no times in its books does not compile.
 */
#define TIMED(op) [(op) + 0 * sizeof(char[(op) < OPS_TIMED ? 1 : -1])]

const struct op ops[MAX_OPS] = {
	TIMED(OP_APP) = {.name = "app", .nr = -1, .traits = {.flags_arg = ARG_NONE}},

	TIMED(OP_READ) = {.name = "read",
			  .nr = SYS_read,
			  .traits = {.op_class = CLASS_READ,
				     .zero = OUT_EOF,
				     .fd_decides = 1,
				     .bytes = BYTES_RETURNED,
				     .flags_arg = ARG_NONE,
				     .buffer = 1}},
	TIMED(OP_READV) = FILE_CALL(readv, CLASS_READ, ARG_NONE, 0, .room = ROOM_VECTOR),
	TIMED(OP_PREADV) = FILE_CALL(preadv, CLASS_READ, ARG_NONE, 0, .room = ROOM_VECTOR),
	TIMED(OP_PREADV2) = FILE_CALL(preadv2, CLASS_READ, 5, RWF_NOWAIT, .room = ROOM_VECTOR),
	TIMED(OP_RECVFROM) = RECEIVE_CALL(recvfrom, BYTES_RETURNED, 3, ROOM_LENGTH),
	TIMED(OP_RECVMSG) = RECEIVE_CALL(recvmsg, BYTES_RETURNED, 2, ROOM_MESSAGE),
	TIMED(OP_RECVMMSG) = RECEIVE_CALL(recvmmsg, BYTES_MMSG, 3, ROOM_LENGTH),
	TIMED(OP_SPLICE) = FILE_CALL(splice, CLASS_READ, 5, 0, .room = ROOM_FIFTH),
	TIMED(OP_MQ_TIMEDRECEIVE) =
		QUEUE_CALL(mq_timedreceive, CLASS_READ, QUEUE_POSIX, .bytes = BYTES_RETURNED,
			   .flags_arg = ARG_NONE, .timeout = ETIMEDOUT),
	TIMED(OP_MSGRCV) = QUEUE_CALL(msgrcv, CLASS_READ, QUEUE_SYSV, .bytes = BYTES_RETURNED,
				      .flags_arg = 4, .nowait = QUEUE_NOWAIT, .again = ENOMSG),

	TIMED(OP_ACCEPT) = SOCKET_CALL(accept, CLASS_ACCEPT, BYTES_NONE),
	TIMED(OP_ACCEPT4) = SOCKET_CALL(accept4, CLASS_ACCEPT, BYTES_NONE),

	/* Not to wait for the connection is asked of the descriptor; that it goes on, is no error.
	 */
	TIMED(OP_CONNECT) = {.name = "connect",
			     .nr = SYS_connect,
			     .traits = {.op_class = CLASS_CONNECT,
					.flags_arg = ARG_NONE,
					.again = EINPROGRESS}},

	TIMED(OP_WRITE) = FILE_CALL(write, CLASS_WRITE, ARG_NONE, 0),
	TIMED(OP_WRITEV) = FILE_CALL(writev, CLASS_WRITE, ARG_NONE, 0),
	TIMED(OP_PWRITEV2) = FILE_CALL(pwritev2, CLASS_WRITE, 5, RWF_NOWAIT),
	TIMED(OP_SENDTO) = SOCKET_CALL_FLAGS(sendto, CLASS_WRITE, BYTES_RETURNED, 3, MSG_DONTWAIT),
	TIMED(OP_SENDMSG) =
		SOCKET_CALL_FLAGS(sendmsg, CLASS_WRITE, BYTES_RETURNED, 2, MSG_DONTWAIT),
	TIMED(OP_SENDMMSG) = SOCKET_CALL_FLAGS(sendmmsg, CLASS_WRITE, BYTES_MMSG, 3, MSG_DONTWAIT),
	TIMED(OP_SENDFILE) = {.name = "sendfile",
			      .event = "sendfile64",
			      .nr = SYS_sendfile,
			      .traits = {.op_class = CLASS_WRITE,
					 .fd_decides = 1,
					 .bytes = BYTES_RETURNED,
					 .flags_arg = ARG_NONE}},
	/* It takes nothing out of the pipe that it reads: what it does is to fill the other one. */
	TIMED(OP_TEE) = FILE_CALL(tee, CLASS_WRITE, 3, SPLICE_NOWAIT),
	TIMED(OP_SPLICE_WRITE) = {.name = "splice_write",
				  .nr = -1,
				  .traits = {.op_class = CLASS_WRITE,
					     .zero = OUT_OK,
					     .bytes = BYTES_RETURNED,
					     .flags_arg = ARG_NONE}},

	/* They return 0; the third argument is the length. */
	TIMED(OP_MQ_TIMEDSEND) =
		QUEUE_CALL(mq_timedsend, CLASS_WRITE, QUEUE_POSIX, .bytes = BYTES_KEPT, .kept = 2,
			   .flags_arg = ARG_NONE, .timeout = ETIMEDOUT),
	TIMED(OP_MSGSND) = QUEUE_CALL(msgsnd, CLASS_WRITE, QUEUE_SYSV, .bytes = BYTES_KEPT,
				      .kept = 2, .flags_arg = ARG_NONE),

	/* The three sets are the arguments up to the fourth. */
	TIMED(OP_SELECT) = MUX_CALL(select, WAY_SELECT, 4),
	TIMED(OP_PSELECT6) = MUX_CALL(pselect6, WAY_SELECT, 4),
	TIMED(OP_POLL) = MUX_CALL(poll, WAY_POLL, ARG_NONE),
	TIMED(OP_PPOLL) = MUX_CALL(ppoll, WAY_POLL, ARG_NONE),
	TIMED(OP_EPOLL_WAIT) = MUX_CALL(epoll_wait, WAY_EPOLL_LT, ARG_NONE),
	TIMED(OP_EPOLL_PWAIT) = MUX_CALL(epoll_pwait, WAY_EPOLL_LT, ARG_NONE),
	TIMED(OP_EPOLL_PWAIT2) = MUX_CALL(epoll_pwait2, WAY_EPOLL_LT, ARG_NONE),

	TIMED(OP_EPOLL_CTL) = SOCKET_CALL(epoll_ctl, CLASS_CONTROL, BYTES_NONE),

	TIMED(OP_RT_SIGTIMEDWAIT) = SOCKET_CALL(rt_sigtimedwait, CLASS_SIGNAL, BYTES_NONE),

	TIMED(OP_IO_URING_ENTER) = {.name = "io_uring_enter",
				    .nr = SYS_io_uring_enter,
				    .traits = {.op_class = CLASS_ASYNC,
					       .mux_way = WAY_IO_URING,
					       .flags_arg = ARG_NONE,
					       .timeout = ETIME}},

	/* An io_getevents that brings nothing is a mux call that found nothing. */
	TIMED(OP_IO_SUBMIT) = {.name = "io_submit",
			       .nr = SYS_io_submit,
			       .traits = {.op_class = CLASS_ASYNC,
					  .mux_way = WAY_LINUX_AIO,
					  .flags_arg = ARG_NONE,
					  .kept = 2}},
	TIMED(OP_IO_GETEVENTS) = AIO_EVENTS(io_getevents),
	TIMED(OP_IO_PGETEVENTS) = AIO_EVENTS(io_pgetevents),

	TIMED(OP_WORKER) = {.name = "iou-worker",
			    .nr = -1,
			    .traits = {.op_class = CLASS_ASYNC, .flags_arg = ARG_NONE}},
	[OP_REQUESTS + REQUEST_URING_READ] = REQUEST("uring_read", WAY_IO_URING),
	[OP_REQUESTS + REQUEST_URING_WRITE] = REQUEST("uring_write", WAY_IO_URING),
	[OP_REQUESTS + REQUEST_URING_ACCEPT] = REQUEST("uring_accept", WAY_IO_URING),
	[OP_REQUESTS + REQUEST_URING_POLL] = REQUEST("uring_poll", WAY_IO_URING),
	[OP_REQUESTS + REQUEST_URING_OTHER] = REQUEST("uring_other", WAY_IO_URING),
	[OP_REQUESTS + REQUEST_AIO_READ] = REQUEST("aio_read", WAY_LINUX_AIO),
	[OP_REQUESTS + REQUEST_AIO_WRITE] = REQUEST("aio_write", WAY_LINUX_AIO),
	[OP_REQUESTS + REQUEST_AIO_POLL] = REQUEST("aio_poll", WAY_LINUX_AIO),
	[OP_REQUESTS + REQUEST_AIO_OTHER] = REQUEST("aio_other", WAY_LINUX_AIO),
};

/* The word for a class of calls, as in the CSV. */
const char *op_class_name(enum op_class op_class)
{
	static const char *const names[CLASSES] = {
		[CLASS_APP] = "app",	     [CLASS_READ] = "read",   [CLASS_ACCEPT] = "accept",
		[CLASS_CONNECT] = "connect", [CLASS_WRITE] = "write", [CLASS_MUX] = "mux",
		[CLASS_CONTROL] = "control", [CLASS_ASYNC] = "async", [CLASS_SIGNAL] = "signal",
		[CLASS_REQUEST] = "request",
	};

	return names[op_class];
}

/* The op of a system call number, OP_APP for one that is not timed. */
unsigned int op_of_nr(int nr)
{
	for (unsigned int op = 1; op < MAX_OPS && nr >= 0; op++)
		if (ops[op].name && ops[op].nr == nr)
			return op;
	return OP_APP;
}

/* The op of that name, OP_APP if there is none. */
unsigned int op_of_name(const char *name)
{
	for (unsigned int op = 1; op < MAX_OPS; op++)
		if (ops[op].name && !strcmp(ops[op].name, name))
			return op;
	return OP_APP;
}
