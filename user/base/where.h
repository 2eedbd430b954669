/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * where.h - where a process is, as those see it who run it: its container, and its pid in there.
 */
#ifndef IOPHASE_WHERE_H
#define IOPHASE_WHERE_H

#include <sys/types.h>

enum {
	WHERE_ID_LEN = 64,    /* the digits of a container's id, */
	WHERE_SHORT_LEN = 12, /* and how many `docker ps` and its kin print */
};

/* A zeroed one: in no container that is known, and with the same pid everywhere. */
struct where {
	char container[WHERE_ID_LEN]; /* any bytes, filled up with zeros; it need not end in one */
	pid_t inside; /* its pid in its own pid namespace; 0: the same as ours, or not known */
};

#endif
