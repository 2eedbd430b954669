/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * setup.h - what the kernel half is to be: the ways in, what this kernel tells of, sizes.
 */
#ifndef IOPHASE_SETUP_H
#define IOPHASE_SETUP_H

#include "base/types.h"

/* The way in to the system calls. */
enum hook_kind {
	HOOKS_SYSCALLS, /* one tracepoint per system call */
	HOOKS_RAW,	/* sys_enter and sys_exit */
};

/* What the collector must know before it loads. */
struct collector_setup {
	bool raw; /* the pair sys_enter and sys_exit, not a pair of tracepoints per system call */
	const char *tracefs;	   /* where tracefs is mounted, unless raw */
	bool copies;		   /* this kernel tells when socket data is copied, */
	bool signals, sent;	   /* when a signal reaches a handler, and when it is sent */
	enum uring_events uring;   /* and in which form of requests of io_uring */
	bool follow;		   /* descendants born later too */
	bool threads;		   /* snapshots hold each thread too */
	unsigned int thread_count; /* threads alive now, to size the pools by */
};

#endif
