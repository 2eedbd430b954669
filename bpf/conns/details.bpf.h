/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * details.bpf.h - what is kept of a connection beside its clock, if it is asked for.
 *
 * What goes in: reads and writes of connections by the current thread. What comes out: in
 * which way a connection is read, and how long its exchanges took. Where
 * nobody asked, with_details is false, and the kernel drops all of this as it loads the programs.
 */
#ifndef IOPHASE_CONNS_DETAILS_BPF_H
#define IOPHASE_CONNS_DETAILS_BPF_H

/* Whether connections are to be told one by one; set before load. */
const volatile bool with_details = false;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct conn_detail);
} conn_details SEC(".maps");

/* The details of a socket, made at the first use; NULL if there is no memory. */
static __always_inline struct conn_detail *detail_of(struct sock *sk)
{
	return bpf_sk_storage_get(&conn_details, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
}

/* Counts an exchange that took so long (ns); two threads may, at a time. */
static __always_inline void detail_took(struct conn_detail *d, __u64 ns)
{
	__sync_fetch_and_add(&d->took[bounded(conn_bucket(ns), CONN_BUCKETS)], 1);
}

/* The way of the read of a socket that thread t ends. */
static __always_inline __u32 way_of_socket_read(struct thread *t)
{
	__u32 call = clock_call(t);

	switch (class_of(t)) {
	case CLASS_READ:
		return way_of_call(t, clock_taken(t, call).wait > 0);
	case CLASS_ASYNC:
		return call == OP_IO_URING_ENTER ? WAY_IO_URING : WAY_LINUX_AIO;
	}
	return t->uring || call == OP_WORKER ? WAY_IO_URING : WAY_NONE;
}

/* The current thread t has read from a socket; if `answered`, what it had asked so long (ns) ago.
 */
static __noinline int detail_read(struct thread *t, struct sock *sk, bool answered, __u64 ns)
{
	struct conn_detail *d = detail_of(sk);

	if (!d || !t)
		return 0;
	d->way = way_of_socket_read(t);
	if (answered)
		detail_took(d, ns);
	return 0;
}

/* What was asked of a socket is answered by a write, after so long (ns). */
static __noinline int detail_answered(struct sock *sk, __u64 ns)
{
	struct conn_detail *d = detail_of(sk);

	if (d)
		detail_took(d, ns);
	return 0;
}

#endif
