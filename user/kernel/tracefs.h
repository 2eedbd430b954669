/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracefs.h - the tracepoints of system calls, as tracefs has them, and the right to use them.
 */
#ifndef IOPHASE_TRACEFS_H
#define IOPHASE_TRACEFS_H

#include <stdbool.h>

/*
 * Where tracefs is mounted, NULL if nowhere or, then *denied, if it may be but we must not look.
 */
const char *tracefs_find(bool *denied);

/*
 * The number of the tracepoint syscalls/NAME. -ENOENT: this kernel has none; -EACCES: it may not be
 * read; or another -errno.
 */
int tracefs_event(const char *tracefs, const char *name);

/* Begins to listen to the tracepoint of a number, on all CPUs: a descriptor or -errno. */
int tracefs_open(int event);

#endif
