/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * served.bpf.h - what a thread did while it served a request.
 *
 * What goes in: a request is read, answered, or goes with its connection; the thread's own clock.
 * What comes out: its service by enum served. That is claimed only while the thread has had this
 * one request open and no other: else its time would be that of them all.
 */
#ifndef IOPHASE_CONNS_SERVED_BPF_H
#define IOPHASE_CONNS_SERVED_BPF_H

/* The current thread t has read a request: its service begins where its hands moved last. */
static __always_inline void served_begin(struct thread *t, struct conn *c)
{
	c->opener = t->tid;
	t->sole = !t->open;
	__sync_fetch_and_add(&t->open, 1);
	t->asked = 0;
	for (int p = 0; p < PHASES; p++)
		t->phase_then[p] = t->phase_ns[p];
	t->app_then = asleep_outside(t);
}

/* A request is open no more; returns the thread that had read it, if it is still there. */
static __always_inline struct thread *served_over(const struct conn *c)
{
	struct thread *t = thread_of(c->opener);

	if (t && t->tgid == c->tgid && t->open)
		__sync_fetch_and_add(&t->open, -1);
	return t;
}

/* Takes a part of the service (ns) off what is left of it, and counts it. */
static __always_inline void served_part(struct thread *t, __u32 kind, __u64 ns, __u64 *left)
{
	ns -= later_by(ns, *left);
	*left -= ns;
	t->count[COUNT_SERVICE + kind] += ns;
}

/* The current thread t has answered a request; it is `known`, and its write did not sleep. */
static __always_inline void served_end(struct thread *t, struct conn *c, bool known)
{
	bool alone = t->open == 1 && t->sole && known;
	__u64 took[PHASES], asleep, left = c->service;

	if (served_over(c) != t || !alone)
		return;
	for (int p = 0; p < PHASES; p++)
		took[p] = t->phase_ns[p] - t->phase_then[p];
	asleep = asleep_outside(t) - t->app_then;
	served_part(t, t->asked ? SERVED_UPSTREAM : SERVED_IO, took[PHASE_WAIT] - asleep, &left);
	served_part(t, SERVED_ASLEEP, asleep, &left);
	served_part(t, SERVED_RUNQ, took[PHASE_RUNQ], &left);
	served_part(t, SERVED_CPU, took[PHASE_CPU] + took[PHASE_COPY], &left);
}

#endif
