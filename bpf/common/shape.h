/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/shape.h - what a thread's calls tell about the shape of its process's threads.
 *
 * What goes in: calls that ended well. What comes out: a few counters in the thread's books, of
 * which user/judge/shape.c makes a decision. A call that found nothing (EAGAIN) does not come here.
 * It holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_SHAPE_H
#define IOPHASE_COMMON_SHAPE_H

/*
 * A read of a socket. A descriptor other than that of the read before is another connection; so is
 * the same number after an end of file or an accept, for the lowest number is given out again.
 */
static __always_inline void shape_read(struct thread *t, int end_of_file)
{
	/* Begun before we attached: which connection it was of, we do not know. */
	if (t->fd < 0)
		return;
	t->count[COUNT_SOCKET_READS]++;
	if (t->fd != t->read_fd)
		t->count[COUNT_CONNECTIONS]++;
	t->read_fd = end_of_file ? -1 : t->fd;
}

/* A select, poll or epoll_wait said ready; to poll one descriptor is to wait, not to multiplex. */
static __always_inline void shape_mux(struct thread *t, __u32 mux_way)
{
	if (mux_way != WAY_POLL || t->arg > 1)
		t->count[COUNT_MUX_READY]++;
}

/*
 * A request to read from a socket was completed: what it asked for is told by its number, not by a
 * descriptor, and the thread learns what is ready as from a mux call.
 */
static __always_inline void shape_request(struct thread *t, __u64 tag, int end_of_file)
{
	__s32 connection = (tag ^ tag >> 31) & 0x7fffffff;

	t->count[COUNT_SOCKET_READS]++;
	t->count[COUNT_MUX_READY]++;
	if (connection != t->read_fd)
		t->count[COUNT_CONNECTIONS]++;
	t->read_fd = end_of_file ? -1 : connection;
}

/* A connection was accepted. */
static __always_inline void shape_accept(struct thread *t)
{
	t->read_fd = -1;
}

#endif
