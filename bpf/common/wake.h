/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/wake.h - when a thread was woken in a call that waits for data, and when it then ran.
 *
 * What goes in: wake-ups and switches of a thread, by the call that it is in. What comes out: of
 * the latest sleep in a mux call, and of the latest in a read or accept, when it ended (ns). The
 * connection's clock tells by them what the queueing of a request was made of. The unit tests
 * compile it as it is.
 */
#ifndef IOPHASE_COMMON_WAKE_H
#define IOPHASE_COMMON_WAKE_H

/* Of which kind a sleep in call op is; WAKES: it waits for nothing that is told of here. */
static __always_inline __u32 wake_kind_of(__u32 op)
{
	if (op >= OP_READ && op <= OP_ACCEPT4)
		return WAKE_READ;
	if ((op >= OP_SELECT && op <= OP_EPOLL_PWAIT2) ||
	    (op >= OP_IO_URING_ENTER && op <= OP_IO_PGETEVENTS))
		return WAKE_MUX;
	return WAKES;
}

/* The thread, asleep in the call where its hands stand, is woken at now (ns). */
static __always_inline void wake_note(struct thread *t, __u64 now)
{
	__u32 kind = wake_kind_of(t->op);

	if (kind != WAKES)
		t->wake[bounded(kind, WAKES)].woken = now;
}

/* The thread gets a CPU at now (ns), in the call where its hands stand. */
static __always_inline void wake_ran(struct thread *t, __u64 now)
{
	__u32 kind = wake_kind_of(t->op);
	struct wake *w;

	if (kind == WAKES)
		return;
	w = &t->wake[bounded(kind, WAKES)];
	if (w->ran < w->woken)
		w->ran = now;
}

#endif
