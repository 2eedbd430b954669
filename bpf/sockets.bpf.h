/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sockets.bpf.h - a socket hands data to user memory.
 *
 * What goes in: skb_copy_datagram_iovec, at the start of each copy of TCP and UNIX socket data.
 * What comes out: the copy phase. There is no event at the end of a copy; it ends with the call,
 * when the thread goes to sleep in it, or when the request that it was for is completed.
 */
#ifndef IOPHASE_SOCKETS_BPF_H
#define IOPHASE_SOCKETS_BPF_H

/*
 * Whether a thread may copy socket data for the call that it is in, or for a request. Without hooks
 * on calls it must be a read whose end the socket tells: of a tun device nobody would.
 */
static __always_inline bool may_copy(const struct thread *t)
{
	const volatile struct op_traits *traits = &op_traits[t->op % MAX_OPS];

	switch (traits->op_class) {
	case CLASS_READ:
		return !light || is_told_by_socket(t, traits);
	case CLASS_ASYNC:
		return true;
	case CLASS_APP:
		/* Task work of io_uring runs wherever the thread returns to its program. */
		return t->uring;
	}
	return false;
}

/* The current thread begins to copy socket data, if it is in a read or does so for a request. */
static __always_inline void copy_begin(void)
{
	struct thread *t;
	__u64 now;

	if (!armed)
		return;
	t = thread_current();
	if (!t || t->phase != PHASE_CPU)
		return;
	now = bpf_ktime_get_ns();
	if (light)
		light_arrive(t, now);
	if (!may_copy(t)) {
		if (light)
			clock_move(t, now, OP_APP, PHASE_CPU);
		return;
	}
	clock_move(t, now, t->op, PHASE_COPY);
	if (!t->copied)
		t->copied = t->since;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(skb_copy_datagram_iovec, const struct sk_buff *skb, int len)
{
	undisturbed_begin();
	copy_begin();
	undisturbed_end();
	return 0;
}

#endif
