/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ops.h - the table of calls: each system call that iophase times is one row.
 */
#ifndef IOPHASE_OPS_H
#define IOPHASE_OPS_H

#include "base/types.h"

struct op {
	const char *name;
	const char *event; /* its tracepoints are sys_enter_EVENT, sys_exit_EVENT; NULL: as name */
	int nr; /* system call number, -1: this architecture has none, or it is no call */
	struct op_traits traits;
};

/* Indexed by op number; a row without a name is unused. */
extern const struct op ops[MAX_OPS];

/* The word for a class of calls, as in the CSV: "read", "mux", "app" ... */
const char *op_class_name(enum op_class op_class);

/* The op of a system call number, OP_APP for one that is not timed. */
unsigned int op_of_nr(int nr);

/* The op of that name, OP_APP if there is none. */
unsigned int op_of_name(const char *name);

#endif
