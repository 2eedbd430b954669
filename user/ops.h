/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ops.h - the table of calls: each system call that iophase times is one row.
 */
#ifndef IOPHASE_OPS_H
#define IOPHASE_OPS_H

#include "types.h"

struct op {
	const char *name; /* the kernel's, as in the tracepoint sys_enter_NAME */
	int nr;		  /* system call number, -1: this architecture has none, or it is no call */
	struct op_traits traits;
};

/* Indexed by op number; a row without a name is unused. */
extern const struct op ops[MAX_OPS];

/* The word for a class of calls, as in the CSV: "read", "mux", "app" ... */
const char *op_class_name(enum op_class op_class);

/* The op of a system call number, OP_APP for one that is not timed. */
unsigned int op_of_nr(int nr);

#endif
