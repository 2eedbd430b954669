/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * setup.h - what the kernel half is to be: what it can hang on, whom it follows, sizes.
 */
#ifndef IOPHASE_SETUP_H
#define IOPHASE_SETUP_H

#include "kernel/feature.h"

/* The way in to the system calls. */
enum hook_kind {
	HOOKS_SYSCALLS, /* one tracepoint per system call */
	HOOKS_RAW,	/* sys_enter and sys_exit */
	HOOKS_LIGHT,	/* none */
	HOOKS_LIGHTEST, /* none where the kernel has all that it takes, else the first */
};

/* What may make a process what the user looks for, or cease to be it; bits of a set. */
enum change_kind {
	CHANGE_PROGRAM = 1 << 0,       /* another program, or another name */
	CHANGE_SOCKETS = 1 << 1,       /* a socket, if it had none */
	CHANGE_PORTS = 1 << 2,	       /* waits for clients at a port */
	CHANGE_USER = 1 << 3,	       /* another user */
	CHANGE_CGROUP = 1 << 4,	       /* another cgroup */
	CHANGE_LEAVING_PORTS = 1 << 5, /* a member waits at a port that is excluded, perhaps */
};

/* Whether the kernel is to time our programs, which makes each run of any BPF program dearer. */
enum own_time_wish {
	OWN_TIME_NONE,	     /* nobody is told */
	OWN_TIME_IF_COUNTED, /* it does so anyway */
	OWN_TIME_WANTED,
};

/* What the collector must know before it loads. */
struct collector_setup {
	struct feature_set features; /* what this kernel offers, and of the two ways in the one to
				      * use */
	const char *tracefs;	     /* where tracefs is mounted; only for FEATURE_CALL_EVENTS */
	bool follow;		     /* descendants born later too */
	uint32_t changes;	     /* of these processes are told; a set of enum change_kind */
	bool threads;		     /* snapshots hold each thread too */
	unsigned int thread_count;   /* threads alive now, to size the pools by */
	uint32_t threads_max;	     /* threads that may have books at a time */
	enum own_time_wish own_time;
	uint64_t connections_max; /* connections that may have books at a time */
	uint32_t samples;	  /* a second, of each CPU; only for FEATURE_SAMPLES */
};

#endif
