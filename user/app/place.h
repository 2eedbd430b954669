/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * place.h - where an output goes: a file, a FIFO, a device, or stdout.
 */
#ifndef IOPHASE_PLACE_H
#define IOPHASE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "app/safe_open.h"
#include "app/signals.h"

/* In the place of a file's name: our stderr, as it is. */
extern const char PLACE_STDERR[];

struct place {
	const char *name; /* for messages */
	const char *file; /* NULL: stdout or stderr */
	int fd;
	struct safe_file opened; /* unless it is stdout */
	bool replaced;		 /* what is in it is replaced at once, not written to */
	bool regular;		 /* a file: it never stalls, and what was in it is replaced */
	dev_t dev;
	ino_t ino;
};

/*
 * Opens the file, "-" is stdout, and leaves in it what is there. A FIFO waits for its reader, or
 * for a signal (-ECANCELED). Returns 0, or -errno after one line.
 */
int place_open(struct place *p, const char *file, struct signals *s);

/* Whether both are the same file. */
bool place_is_same(const struct place *a, const struct place *b);

/* Measuring has begun: what a file held before goes. Returns 0 or -errno. */
int place_begin(struct place *p);

/* Puts these bytes in the place of what is in the file, at once; 0 or -errno. */
int place_replace(struct place *p, const char *bytes, size_t size);

/* Measuring never began: a file that was made for it goes. */
void place_abandon(struct place *p);

/* Closes it; 0, or -errno if what was written did not arrive. stdout and stderr stay open. */
int place_close(struct place *p);

#endif
