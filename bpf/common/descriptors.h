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
 * Numbers of descriptors. Of those registered with epoll, by how: connections are sockets that do
 * not listen, others are what is no socket, or one of a pair that the process has made, to wake
 * itself up or for its children; an epoll set in another one does not count.
 */
struct descriptors {
	__u32 pid;
	__u32 connections_level; /* level-triggered */
	__u32 connections_edge;	 /* edge-triggered */
	__u32 listeners_level;
	__u32 listeners_edge;
	__u32 others_level;
	__u32 others_edge;
	__u32 async;	 /* with O_ASYNC */
	__u32 not_async; /* sockets without it */
	__u32 signalfds;
	__u32 sets;	  /* epoll sets */
	__u32 registered; /* with them, all there are */
};

_Static_assert(!(ASKED_MAX & (ASKED_MAX - 1)), "a search among them halves its steps");

#endif
