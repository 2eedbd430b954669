/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * safe_open.h - opens a file to be written, through no symbolic link of somebody else's.
 */
#ifndef IOPHASE_SAFE_OPEN_H
#define IOPHASE_SAFE_OPEN_H

#include <stdbool.h>

/*
 * Opens a file for writing, as it is (nothing is cut off), made if it is not there; *made says
 * whether it was. Nothing is waited for: writes may say EAGAIN, and a FIFO without a reader is
 * -ENXIO. A symbolic link anywhere in the name is followed only if it belongs to us or to root.
 * Returns the descriptor, or -errno after one line (without one for -ENXIO).
 */
int safe_open(const char *file, bool *made);

#endif
