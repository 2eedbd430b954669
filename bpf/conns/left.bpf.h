/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * left.bpf.h - data that are left unread in a socket that is registered edge-triggered.
 *
 * What goes in: reads of a connection, and data that become ready in it. What comes out: how often
 * a thread went to sleep in its wait all the same, and was woken by what came after. Who does not
 * depend on that, since it comes back to the data by itself, is not woken by it, or does not read
 * then.
 */
#ifndef IOPHASE_CONNS_LEFT_BPF_H
#define IOPHASE_CONNS_LEFT_BPF_H

enum {
	WOKEN_WITHIN = 1000000, /* ns: who sleeps in its wait for a socket is woken at once */
};

/* More has come. */
static __always_inline void left_followed(struct conn *c)
{
	if (c->left != LEFT_BEHIND)
		return;
	c->followed_at = bpf_ktime_get_ns();
	c->left = LEFT_FOLLOWED;
}

/* The current thread t has begun to read at now (ns) what is in connection c. */
static __always_inline void left_is_read(struct thread *t, struct conn *c, __u64 now)
{
	__u64 woken = t->wake[WAKE_MUX].woken;

	/* Who was told of it, did not read, and waits again, has his reasons: a relay whose other
	 * end has no room. */
	if (c->left == LEFT_FOLLOWED && woken - c->followed_at < WOKEN_WITHIN &&
	    t->mux_begun < c->followed_at && !t->refused) {
		t->count[COUNT_LEFT]++;
		t->count[COUNT_LEFT_NS] += later_by(now, c->ready_at);
	}
	c->left = LEFT_NOTHING;
}

/* The read that thread t ends has left data in a connection. */
static __always_inline void left_behind(struct thread *t, struct conn *c)
{
	struct file *file;
	__u32 way = t->registered;

	if (c->role != ROLE_SERVER || class_of(t) != CLASS_READ)
		return;
	if (!light) {
		file = file_of(t->fd);
		way = file ? file_registration(file, set_waited_on(t)) : WAY_NONE;
	}
	if (way != WAY_EPOLL_ET)
		return;
	c->left = LEFT_BEHIND;
	t->refused = 0;
}

#endif
