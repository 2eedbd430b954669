/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink.h - where reports go: each kind of output is one struct sink.
 */
#ifndef IOPHASE_SINK_H
#define IOPHASE_SINK_H

#include <errno.h>
#include <stdio.h>

#include "judge/report.h"

/* What the caller knows about the place that the text is read in. */
struct style {
	bool utf8;     /* bars of blocks, and characters beyond ASCII in names */
	bool colour;   /* a terminal, and the user wants it */
	bool interval; /* one of several reports: begins with a line of the time */
};

/*
 * Each function writes to `out`, flushes it, and returns 0 or -errno of the write that failed
 * (-EPIPE: the reader went away).
 */
struct sink {
	const char *name;
	int (*begin)(FILE *out, const struct style *style); /* once, before the first report */
	int (*report)(FILE *out, const struct report *r, const struct style *style);
	int (*end)(FILE *out, const struct style *style); /* once, after the last */
};

extern const struct sink sink_text; /* what a person reads */
extern const struct sink sink_csv;

/* All of them, the last one is NULL. */
extern const struct sink *const sinks[];

/* To be called before writing, so that errno tells of a failed write and of nothing older. */
static inline void sink_start(void)
{
	errno = 0;
}

/* Flushes `out`; 0, or -errno of whatever write failed since sink_start(). */
static inline int sink_flush(FILE *out)
{
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}

#endif
