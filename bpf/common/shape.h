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

enum {
	SERVED_ENOUGH = 64, /* changes of connection after which it is known that they change */
};

/*
 * Who is at the other end of the socket that the thread has read, if that is known without looking
 * at the socket, else PEER_UNKNOWN. A thread that goes from one client to the next all the time
 * is not looked after any more: its other reads are few or do not matter.
 */
static __always_inline __u32 shape_known_peer(const struct thread *t)
{
	if (t->fd < 0 || t->fd == t->other_fd)
		return PEER_OTHER;
	if (t->fd == t->served_fd)
		return t->served_peer;
	return t->count[COUNT_SERVED] < SERVED_ENOUGH ? PEER_UNKNOWN : PEER_CLIENT;
}

/*
 * A read of a socket. A descriptor other than that of the read before is another connection; so is
 * the same number after an end of file or an accept, for the lowest number is given out again. Each
 * datagram of anybody may be of somebody else.
 */
static __always_inline void shape_read(struct thread *t, __u32 peer, int end_of_file)
{
	__s32 next = end_of_file ? -1 : t->fd;

	/* Begun before we attached: which connection it was of, we do not know. */
	if (t->fd < 0)
		return;
	t->count[COUNT_SOCKET_READS]++;
	if (t->fd != t->read_fd)
		t->count[COUNT_CONNECTIONS]++;
	t->read_fd = next;
	if (peer == PEER_OTHER) {
		t->other_fd = next;
		return;
	}
	t->count[COUNT_SERVED_READS]++;
	if (peer == PEER_ANYBODY)
		t->count[COUNT_ANYBODY]++;
	if (t->fd != t->served_fd || peer == PEER_ANYBODY)
		t->count[COUNT_SERVED]++;
	t->served_fd = next;
	t->served_peer = peer;
}

/*
 * A request to read from a socket was completed: what it asked for is told by its number, not by a
 * descriptor, and the thread learns what is ready as from a mux call.
 */
static __always_inline void shape_request(struct thread *t, __u64 tag, int end_of_file)
{
	__s32 connection = (tag ^ tag >> 31) & 0x7fffffff;
	bool another = connection != t->read_fd;

	t->count[COUNT_SOCKET_READS]++;
	t->count[COUNT_SERVED_READS]++;
	t->count[COUNT_MUX_READY]++;
	t->count[COUNT_CONNECTIONS] += another;
	t->count[COUNT_SERVED] += another;
	t->read_fd = end_of_file ? -1 : connection;
}

/* A connection was accepted: a number that was known may be given to it. */
static __always_inline void shape_accept(struct thread *t)
{
	t->read_fd = -1;
	t->served_fd = -1;
	t->other_fd = -1;
}

/* A connection was made on the descriptor of the call: if its number was known, it is another one.
 */
static __always_inline void shape_connect(struct thread *t)
{
	if (t->read_fd == t->fd)
		t->read_fd = -1;
	if (t->served_fd == t->fd)
		t->served_fd = -1;
}

#endif
