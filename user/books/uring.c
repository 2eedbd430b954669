/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * uring.c - the table of io_uring's opcodes: of which kind a request is. The numbers are those of
 * uapi/linux/io_uring.h, written out since that header may be older than the kernel that we run on.
 * What has no row is of kind REQUEST_URING_OTHER, which is 0. The kernel half gets the table as
 * read-only data.
 */
#include "books/uring.h"

const uint8_t uring_kind[MAX_OPCODES] = {
	[1] = REQUEST_URING_READ,    /* READV */
	[2] = REQUEST_URING_WRITE,   /* WRITEV */
	[4] = REQUEST_URING_READ,    /* READ_FIXED */
	[5] = REQUEST_URING_WRITE,   /* WRITE_FIXED */
	[6] = REQUEST_URING_POLL,    /* POLL_ADD */
	[9] = REQUEST_URING_WRITE,   /* SENDMSG */
	[10] = REQUEST_URING_READ,   /* RECVMSG */
	[13] = REQUEST_URING_ACCEPT, /* ACCEPT */
	[22] = REQUEST_URING_READ,   /* READ */
	[23] = REQUEST_URING_WRITE,  /* WRITE */
	[26] = REQUEST_URING_WRITE,  /* SEND */
	[27] = REQUEST_URING_READ,   /* RECV */
	[30] = REQUEST_URING_READ,   /* SPLICE, a read like splice(2) */
	[47] = REQUEST_URING_WRITE,  /* SEND_ZC, 6.0 */
	[48] = REQUEST_URING_WRITE,  /* SENDMSG_ZC, 6.1 */
	[49] = REQUEST_URING_READ,   /* READ_MULTISHOT, 6.7 */
	[58] = REQUEST_URING_READ,   /* RECV_ZC, 6.15 */
	[59] = REQUEST_URING_POLL,   /* EPOLL_WAIT, 6.15 */
	[60] = REQUEST_URING_READ,   /* READV_FIXED, 6.15 */
	[61] = REQUEST_URING_WRITE,  /* WRITEV_FIXED, 6.15 */
};
