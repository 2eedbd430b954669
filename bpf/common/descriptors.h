/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/descriptors.h - what the descriptors of a process tell about one that has done no I/O.
 *
 * User space writes the pids, in their order, and zeroes; the kernel half counts.
 */
#ifndef IOPHASE_COMMON_DESCRIPTORS_H
#define IOPHASE_COMMON_DESCRIPTORS_H

enum {
	ASKED_MAX = 256, /* processes that are asked about at once */
};

/*
 * Numbers of descriptors. A listening socket, which is not read from, counts apart unless it is
 * edge-triggered; an epoll set in another one does not count.
 */
struct descriptors {
	__u32 pid;
	__u32 level_triggered; /* registered with epoll */
	__u32 edge_triggered;
	__u32 listeners;
	__u32 async;	 /* with O_ASYNC */
	__u32 not_async; /* sockets without it */
	__u32 signalfds;
};

_Static_assert(!(ASKED_MAX & (ASKED_MAX - 1)), "a search among them halves its steps");

#endif
