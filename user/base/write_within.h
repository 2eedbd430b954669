/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * write_within.h - write(2) with an end to its patience.
 */
#ifndef IOPHASE_WRITE_WITHIN_H
#define IOPHASE_WRITE_WITHIN_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Writes as write(2) does, but ends after about `ms` milliseconds (at least 1) if the descriptor
 * takes nothing more. Returns the bytes that were written, or -errno: -EAGAIN if it took none.
 */
ssize_t write_within(int fd, const void *data, size_t size, unsigned int ms);

#endif
