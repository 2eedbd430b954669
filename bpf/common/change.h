/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/change.h - what the kernel half tells of a process that selectors may mean, or mean no
 * more.
 */
#ifndef IOPHASE_COMMON_CHANGE_H
#define IOPHASE_COMMON_CHANGE_H

/* A process that may have become what the user looks for, or ceased to be it. */
struct change {
	__u32 tgid;
	__u32 flags;	     /* a set of enum changed */
	char comm[COMM_LEN]; /* it may be gone when user space looks */
};

enum changed {
	CHANGED_ITSELF = 1,   /* its program, name, user or cgroup; */
	CHANGED_SOCKETS = 2,  /* it has a first socket, or waits at a port */
	CHANGED_TAKEN_IN = 4, /* the books of a thread of it have just been opened */
	CHANGED_KNOWN = 8,    /* its first thread is in the books */
	CHANGED_AGAIN = 16,   /* user space looks at it for a second time */
};

#endif
