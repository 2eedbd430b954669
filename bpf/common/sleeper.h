/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/sleeper.h - a thread that was there before us and is asleep, as the kernel half tells it.
 */
#ifndef IOPHASE_COMMON_SLEEPER_H
#define IOPHASE_COMMON_SLEEPER_H

enum {
	CALL_ARGS = 6, /* that a system call can have */
};

struct sleeper {
	__u32 tid;
	__u32 start;  /* when it was started, as /proc tells it */
	__u32 parent; /* the process that made its own */
	__s32 nr;     /* of the system call that it is in; -1: in none */
	__u64 arg[CALL_ARGS];
	char comm[COMM_LEN];
	/* Of the file that the first argument is, if that decides what the call is: */
	__u32 waits; /* I/O on it waits for a peer, an event or a person, */
	__u32 pipe;  /* and it is a pipe */
};

#endif
