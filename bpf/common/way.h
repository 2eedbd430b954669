/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/way.h - the rules that name the I/O model of one read or accept.
 *
 * What goes in: the evidence that the kernel half gathered about the call, or a signal. What comes
 * out: an enum way; whether the signal tells of I/O. The unit tests compile it as it is;
 * user/judge/model.c makes a process's model out of the counts.
 */
#ifndef IOPHASE_COMMON_WAY_H
#define IOPHASE_COMMON_WAY_H

struct evidence {
	__u8 aio;	   /* glibc's helper thread reads for an aio_read */
	__u8 slept;	   /* the thread slept inside this call */
	__u8 signalled;	   /* an I/O signal made it read, see signal_drives() */
	__u8 alone;	   /* WAY_SELECT_ONE or WAY_POLL_ONE if such a call told of the fd, or the
			      way of a peek at it, and no epoll_wait came after it */
	__u8 registration; /* WAY_EPOLL_LT or WAY_EPOLL_ET if the fd is in an epoll set, else none
			    */
	__u8 handed;	   /* the same of a fd that was in one, until a read found nothing left */
	__u8 mux_way;	   /* the kind of mux call that told of the fd */
	__u8 nonblocking;  /* O_NONBLOCK, MSG_DONTWAIT or RWF_NOWAIT */
};

/* The model of one call: the first rule that holds. */
static __always_inline __u32 way_of(const struct evidence *e)
{
	if (e->aio)
		return WAY_POSIX_AIO;
	if (e->slept)
		return WAY_BLOCKING;
	if (e->signalled)
		return WAY_SIGNAL;
	/* Whoever asked for just this descriptor did not wait for what epoll says of it. */
	if (e->alone != WAY_NONE)
		return e->alone;
	if (e->registration != WAY_NONE)
		return e->registration;
	if (e->handed != WAY_NONE)
		return e->handed;
	if (e->mux_way != WAY_NONE)
		return e->mux_way;
	return e->nonblocking ? WAY_NONBLOCKING : WAY_BLOCKING;
}

/*
 * Whether the latest I/O signal is why the thread reads now: it has not read since, or it has, but
 * not slept outside I/O calls. One SIGIO may stand for several descriptors: it is not queued.
 */
static __always_inline bool signal_drives(const struct thread *t)
{
	return t->signalled == SIGNALLED_NOW ||
	       (t->signalled == SIGNALLED_BEFORE && t->ns[OP_APP][PHASE_WAIT] == t->signal_wait);
}

/*
 * An I/O signal has reached a thread, which is on its way back to its program: in no I/O call, or
 * we would have seen it end. Of an adopted thread that is what we learn first: learnt later, its
 * time asleep before us would look like a sleep since the signal.
 */
static __always_inline void signal_taken(struct thread *t)
{
	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	t->signalled = SIGNALLED_NOW;
	t->signal_wait = t->ns[OP_APP][PHASE_WAIT];
}

/* A read has ended well: the signal before it has been answered. */
static __always_inline void signal_answered(struct thread *t, bool slept)
{
	if (t->signalled != SIGNALLED_NOT)
		t->signalled = slept ? SIGNALLED_NOT : SIGNALLED_BEFORE;
}

/* uapi/asm-generic/siginfo.h, signal.h */
enum {
	CODE_POLL_IN = 1, /* to CODE_POLL_HUP: sent by send_sigio_to_task(), for O_ASYNC */
	CODE_POLL_HUP = 6,
	CODE_SIGIO = -5, /* the same, of a signal whose own codes mean something else */
	SIGNAL_IO = 29,
	/* Signals that have such codes: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGCHLD. */
	SIGNALS_WITH_CODES = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 17,
	SIGNAL_SYS = 31,
};

/* Whether a signal of that number and si_code is an I/O signal: SIGIO, or by F_SETSIG. */
static __always_inline bool signal_is_io(__u32 signal, int code)
{
	if (signal == SIGNAL_IO || code == CODE_SIGIO)
		return true;
	if (signal < SIGNAL_SYS && SIGNALS_WITH_CODES & 1U << signal)
		return false;
	return signal != SIGNAL_SYS && code >= CODE_POLL_IN && code <= CODE_POLL_HUP;
}

#endif
