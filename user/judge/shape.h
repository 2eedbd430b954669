/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shape.h - the shapes that the threads of a process can have, and which of them they have.
 */
#ifndef IOPHASE_SHAPE_H
#define IOPHASE_SHAPE_H

#include "base/types.h"

struct shape_evidence;
struct task_list;
struct task_sums;

/* One shape. The first one whose rule holds is it. */
struct shape {
	const char *name;	/* in the CSV */
	const char *words;	/* in the report, before the number; the whole if `one` is NULL */
	const char *one, *many; /* what is counted */
	const char *each;	/* of pre-forked workers that are of this shape themselves */
	/* How many there are of what makes the shape; 0: it is another one. */
	uint64_t (*count)(const struct shape_evidence *e);
	bool shares; /* while one of its threads is away, others see what comes */
};

/* A zeroed one: there was too little evidence. */
struct shape_decision {
	const struct shape *shape;
	uint64_t count;
	const struct shape
		*each; /* pre-forked: the shape that all its workers have by themselves */
};

extern const struct shape shapes[];
extern const size_t shapes_count;

/* The shapes of all processes of the list, in its order: to be freed by free(). */
struct shape_decision *shapes_decide(const struct task_list *processes);

#endif
