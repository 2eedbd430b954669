/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * made_processes.h - processes made up for a test, and what their shapes must be.
 */
#ifndef IOPHASE_MADE_PROCESSES_H
#define IOPHASE_MADE_PROCESSES_H

#include <stdlib.h>

#include "unit.h"
#include "books/families.h"
#include "judge/shape.h"
#include "books/snapshot.h"

/* Adds a process with this evidence. */
static inline struct task_sums *add(struct task_list *list, pid_t pid, struct shape_evidence e)
{
	struct task_sums *t = task_list_get(list, pid, 0);

	t->evidence = e;
	return t;
}

/* The same of one that has a single thread. */
static inline struct task_sums *add_one(struct task_list *list, pid_t pid, struct shape_evidence e)
{
	e.threads = 1;
	return add(list, pid, e);
}

/* The shape of the process at a place of the list. */
static inline struct shape_decision decide(const struct task_list *list, size_t place)
{
	struct shape_decision *all = shapes_decide(list), d = all[place];

	free(all);
	return d;
}

/* Checks the shape that a process with this evidence has; NULL: none. */
static inline void expect(const struct shape_evidence *e, const char *name, uint64_t count)
{
	struct task_list list = {0};
	struct shape_decision d;

	add(&list, 7, *e);
	d = decide(&list, 0);
	task_list_clear(&list);
	if (!name) {
		assert_null(d.shape);
		return;
	}
	assert_non_null(d.shape);
	assert_string_equal(d.shape->name, name);
	assert_int_equal(d.count, count);
}

#endif
