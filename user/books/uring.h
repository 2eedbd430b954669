/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * uring.h - of which kind a request of io_uring is.
 */
#ifndef IOPHASE_URING_H
#define IOPHASE_URING_H

#include "base/types.h"

/* Indexed by opcode: the enum request. */
extern const uint8_t uring_kind[MAX_OPCODES];

#endif
