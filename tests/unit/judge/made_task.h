/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * made_task.h - a task made up for a test, and what its model must be.
 */
#ifndef IOPHASE_MADE_TASK_H
#define IOPHASE_MADE_TASK_H

#include "unit.h"
#include "judge/model.h"
#include "books/ops.h"
#include "books/snapshot.h"

#define LIFE 1000000ULL

/* Lets a task have been asleep in a call, and awake in it, for so long (ns). */
static inline void spend(struct task_sums *t, const char *call, uint64_t asleep, uint64_t awake)
{
	unsigned int op = op_of_name(call);

	assert_true(op != OP_APP || !strcmp(call, "app"));
	task_time(t, op)->ns[PHASE_WAIT] = asleep;
	task_time(t, op)->ns[PHASE_CPU] = awake;
	t->threads_ever = 1;
	t->wall = 10 * LIFE;
}

/* Lets calls of a task have ended in two ways, so often each. */
static inline void end(struct task_sums *t, const char *call, enum outcome out, uint64_t count,
		       enum outcome other, uint64_t others)
{
	struct call_sums *sums = task_call(t, op_of_name(call));

	sums->outcome[other] = others;
	sums->outcome[out] = count;
}

/* Checks the name of the decided model and what it rests on. */
static inline void expect(const struct task_sums *t, const char *name, enum model_basis basis,
			  uint64_t count)
{
	struct model_decision d = model_decide(t);

	assert_string_equal(d.model->name, name);
	assert_int_equal(d.basis, basis);
	assert_int_equal(d.count, count);
}

#endif
