/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * errno_name.h - the names of errors.
 */
#ifndef IOPHASE_ERRNO_NAME_H
#define IOPHASE_ERRNO_NAME_H

/* The name of an errno, as EAGAIN; NULL for a number that is none. */
const char *errno_name(unsigned int error);

#endif
