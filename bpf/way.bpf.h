/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * way.bpf.h - the rules that name the I/O model of one read or accept.
 *
 * What goes in: the evidence that the kernel half gathered about the call. What comes out: an enum
 * way. The unit tests compile it as it is; user/model.c makes a process's model out of the counts.
 */
#ifndef IOPHASE_WAY_BPF_H
#define IOPHASE_WAY_BPF_H

struct evidence {
	__u8 slept;	   /* the thread slept inside this call */
	__u8 registration; /* WAY_EPOLL_LT or WAY_EPOLL_ET if the fd is in an epoll set, else none
			    */
	__u8 handed;	   /* the same of a fd that was in one, until a read found nothing left */
	__u8 mux_way;	   /* the kind of the thread's latest mux call if that returned ready fds */
	__u8 nonblocking;  /* O_NONBLOCK, MSG_DONTWAIT or RWF_NOWAIT */
};

/* The model of one call: the first rule that holds. */
static __always_inline __u32 way_of(const struct evidence *e)
{
	if (e->slept)
		return WAY_BLOCKING;
	if (e->registration != WAY_NONE)
		return e->registration;
	if (e->handed != WAY_NONE)
		return e->handed;
	if (e->mux_way != WAY_NONE)
		return e->mux_way;
	return e->nonblocking ? WAY_NONBLOCKING : WAY_BLOCKING;
}

#endif
