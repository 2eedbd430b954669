/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * deliver.h - bytes to a descriptor, with the signals heard that end the program.
 */
#ifndef IOPHASE_DELIVER_H
#define IOPHASE_DELIVER_H

#include <stddef.h>

#include "app/signals.h"

/*
 * Writes all bytes, and waits for room as long as it takes; but once a signal has been taken, a
 * second at most without progress, and after a second signal not at all. Returns 0; -ECANCELED if
 * it was given up, or the -errno of the write that failed. The descriptor's flags stay as they are.
 */
int deliver(int fd, const char *data, size_t size, struct signals *s);

#endif
