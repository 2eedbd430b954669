/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * safe_open.h - opens a file to be written, through no link of somebody else's.
 */
#ifndef IOPHASE_SAFE_OPEN_H
#define IOPHASE_SAFE_OPEN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct safe_file {
	int fd;
	int folder;		 /* where its name is, or -1 */
	char name[NAME_MAX + 1]; /* the last part, in that folder */
	bool made;		 /* it was not there before */
};

/*
 * Opens a file for writing, as it is (nothing is cut off), made if it is not there, with the umask,
 * and under sudo for who called that. Nothing is waited for: writes may say EAGAIN, and a FIFO
 * without a reader is -ENXIO. A symbolic link anywhere in the name is followed only if it belongs
 * to us or to root (under sudo, to who called that, too); by root in no folder that others can
 * write to, and there root writes to no file or FIFO of others, nor to one that has a further name.
 * Returns 0, or -errno after one line (without one for -ENXIO).
 */
int safe_open(const char *file, struct safe_file *to);

/* Removes a file that was made, unless its name stands for something else by now; 0 or -errno. */
int safe_remove(const struct safe_file *f);

/*
 * Puts a new file with these bytes in the place of the one that was opened, at once and whole, of
 * the same owner and mode; the descriptor is that of the new one then. One without a folder, as of
 * /proc/self/fd, is written over instead. Returns 0 or -errno.
 */
int safe_replace(struct safe_file *f, const char *bytes, size_t size);

/* Closes it; 0, or -errno if what was written did not arrive. */
int safe_close(struct safe_file *f);

#endif
