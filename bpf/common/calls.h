/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/calls.h - the calls and requests that are timed: their numbers, classes, outcomes, and
 * what the kernel half must know of each.
 *
 * What goes in: nothing; abi.h includes it. What comes out: enums and struct op_traits, of which
 * user/books/ops.c fills in the table.
 */
#ifndef IOPHASE_COMMON_CALLS_H
#define IOPHASE_COMMON_CALLS_H

/* How a call ended. */
enum outcome {
	OUT_OK,
	OUT_EOF,     /* a read that returned 0 */
	OUT_AGAIN,   /* EAGAIN: it would have had to wait; a connection that goes on without it */
	OUT_TIMEOUT, /* a mux that returned 0, a time limit that has passed */
	OUT_INTERRUPTED, /* EINTR, and the codes by which the kernel restarts a call */
	OUT_ERROR,
	OUTCOMES,
};

enum op_class {
	CLASS_APP,
	CLASS_READ,
	CLASS_ACCEPT,
	CLASS_CONNECT,
	CLASS_WRITE,
	CLASS_MUX,
	CLASS_CONTROL,
	CLASS_ASYNC,
	CLASS_SIGNAL,
	CLASS_REQUEST, /* no call: what was asked of an asynchronous interface */
	CLASSES,
};

/* Requests made of an asynchronous interface: by interface, and by what they ask for. */
enum request {
	REQUEST_URING_OTHER,
	REQUEST_URING_READ,
	REQUEST_URING_WRITE,
	REQUEST_URING_ACCEPT,
	REQUEST_URING_POLL,
	URING_REQUESTS, /* those before are of io_uring, those behind of Linux AIO */
	REQUEST_AIO_OTHER = URING_REQUESTS,
	REQUEST_AIO_READ,
	REQUEST_AIO_WRITE,
	REQUEST_AIO_POLL,
	REQUESTS,
};

/*
 * The rows of the table of calls, user/books/ops.c. All sizes follow from this list. A call that a
 * thread can be in, and so has times in its books, stands before OPS_TIMED.
 */
enum op_number {
	OP_APP, /* in no I/O call */
	OP_READ,
	OP_READV,
	OP_PREADV,
	OP_PREADV2,
	OP_RECVFROM,
	OP_RECVMSG,
	OP_RECVMMSG,
	OP_SPLICE,
	OP_MQ_TIMEDRECEIVE,
	OP_MSGRCV,
	OP_ACCEPT,
	OP_ACCEPT4,
	OP_CONNECT,
	OP_WRITE,
	OP_WRITEV,
	OP_PWRITEV2,
	OP_SENDTO,
	OP_SENDMSG,
	OP_SENDMMSG,
	OP_SENDFILE,
	OP_TEE,
	OP_SPLICE_WRITE, /* a splice whose data leave a pipe, see splice_op() */
	OP_MQ_TIMEDSEND,
	OP_MSGSND,
	OP_SELECT,
	OP_PSELECT6,
	OP_POLL,
	OP_PPOLL,
	OP_EPOLL_WAIT,
	OP_EPOLL_PWAIT,
	OP_EPOLL_PWAIT2,
	OP_EPOLL_CTL,
	OP_RT_SIGTIMEDWAIT,
	OP_IO_URING_ENTER,
	OP_IO_SUBMIT, /* the three calls of Linux AIO, in this order */
	OP_IO_GETEVENTS,
	OP_IO_PGETEVENTS,
	OP_WORKER, /* no call: a kernel worker of io_uring, which makes none, lives in it */
	OP_ASIDE,  /* no call: asleep inside one, for a lock or memory and not for what it waits for
		    */
	OP_UNKNOWN, /* adopted while it ran: the next system call will tell */
	OPS_TIMED,
	OP_SIGNALS = OPS_TIMED, /* no call: its row holds the times that I/O signals took */
	OP_LOOP,       /* no call: its row holds the turns of an event loop, see common/turn.h */
	OP_LOOP_EMPTY, /* the same of turns that began with nothing ready */
	/* No calls: exchanges on connections, see common/conn.h. As a server, from the data ready
	 * to the answer begun (`busy`: since the read was begun), */
	OP_RESPONSE,
	OP_QUEUEING, /* and until the read was begun; */
	OP_ASKED,    /* as a client, from the question to the answer ready */
	OP_REQUESTS, /* no calls: from here on a row for each enum request */
	OPS = OP_REQUESTS + REQUESTS,
	/* What system call numbers stand for that have no row. */
	OP_RESTART = OPS, /* restart_syscall: goes on with the call that was interrupted */
	OP_PREAD,	  /* pread64: only its failure on what has no position counts */
	/* After these a process may be what the user looks for: it has a socket, */
	OP_NEW_SOCKET,
	OP_NEW_PORT, /* waits for clients at a port, */
	OP_NEW_USER, /* or is another user's */
	OPS_END,
	MAX_OPS = 64, /* of the arrays with a place for each: an index is masked, not compared */
};

/* What a returned number says about bytes. */
enum op_bytes {
	BYTES_NONE,
	BYTES_RETURNED, /* the return value */
	BYTES_MMSG,	/* the sum of msg_len over the returned number of messages */
	BYTES_KEPT,	/* 0 says that all went: the argument that is kept */
};

/* What tells for how many bytes a read has room. */
enum op_room {
	ROOM_LENGTH,  /* its third argument */
	ROOM_FIFTH,   /* its fifth */
	ROOM_VECTOR,  /* a vector of buffers: the second argument, and their number, the third */
	ROOM_MESSAGE, /* a struct msghdr: the second argument */
};

/* Whether a call is one on a queue of messages: no connection, whatever its first argument is. */
enum op_queue {
	QUEUE_NONE,
	QUEUE_POSIX, /* a descriptor */
	QUEUE_SYSV,  /* no descriptor but an id of its own kind */
};

enum {
	ARG_NONE = 0xff,      /* the call has no such argument */
	MMSGHDR_SIZE = 64,    /* sizeof(struct mmsghdr) on 64-bit */
	MMSGHDR_MSG_LEN = 56, /* offsetof(struct mmsghdr, msg_len) there */
	MSGHDR_IOV = 16,      /* offsetof(struct msghdr, msg_iov), msg_iovlen follows */
	MMSG_MAX = 1024,      /* UIO_MAXIOV: the kernel takes no more messages in one call */
	MAX_OPCODES = 128,    /* opcodes of io_uring below this one have a kind */
};

/* One row of the table of calls as the kernel half needs it. */
struct op_traits {
	__u8 op_class;
	__u8 fd_decides; /* 1: an I/O call only if its first argument is a file that can wait */
	__u8 bytes;	 /* enum op_bytes */
	__u8 mux_way;	 /* enum way of what is read after this mux said ready */
	__u8 flags_arg;	 /* the argument that can ask for no waiting, or ARG_NONE */
	__u8 buffer;	 /* 1: its second argument is the buffer that it fills */
	__u8 zero;	 /* enum outcome of a call that returned 0 */
	__u8 kept;	 /* the argument that its end needs, from 0; 0: the second */
	__u8 queue;	 /* enum op_queue */
	__u8 again;	 /* an errno that says OUT_AGAIN as EAGAIN does, or 0 */
	__u8 timeout;	 /* the errno that says OUT_TIMEOUT, or 0 */
	__u8 room;	 /* enum op_room */
	__u32 nowait;	 /* the bit in it that does */
	__u32 special;	 /* the bits in it that make it no plain read, as MSG_PEEK */
};

_Static_assert(sizeof(struct op_traits) == 20, "no hidden padding in what goes to rodata");
_Static_assert(OPS_END <= MAX_OPS, "each op has a place: make MAX_OPS the next power of two");
_Static_assert((MAX_OPS & (MAX_OPS - 1)) == 0, "an op modulo MAX_OPS is a mask");
_Static_assert(OPS_END <= 256, "an op is a byte in the books and in op_of_nr");

#endif
