/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * call_seed.c - see call_seed.h.
 *
 * What goes in: the arguments of a call in progress, and the sets of descriptors that a select was
 * given. What comes out: what bpf/mux.bpf.h would have noted at its begin.
 */
#include <string.h>

#include "books/ops.h"
#include "common/bounded.h"
#include "common/clock.h"
#include "kernel/call_seed.h"
#include "proc/proc.h"
#include "proc/proc_memory.h"

const struct call_seed call_seed_none = {.fd = -1, .watched = WATCHED_MANY};

enum {
	SETS = 3, /* of those that may be read, may be written, and have something urgent */
	WORD_BITS = 64,
};

/* The only descriptor below `bits` that is in one of the sets, or WATCHED_NONE or WATCHED_MANY. */
static int32_t only_one(uint64_t set[SETS][TOLD_WORDS], uint64_t bits)
{
	int32_t only = WATCHED_NONE;

	for (uint64_t fd = 0; fd < bits; fd++) {
		uint64_t word = 0;

		for (int i = 0; i < SETS; i++)
			word |= set[i][fd / WORD_BITS];
		if (!(word >> fd % WORD_BITS & 1))
			continue;
		if (only != WATCHED_NONE)
			return WATCHED_MANY;
		only = (int32_t)fd;
	}
	return only;
}

/* What a select watches that a thread is blocked in. */
static int32_t select_watched(pid_t pid, pid_t tid, const struct proc_call *call)
{
	uint64_t set[SETS][TOLD_WORDS] = {{0}}, bits = call->arg[0];
	size_t size = (bits + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
	struct proc_call still;

	if (bits > TOLD_WORDS * WORD_BITS)
		return WATCHED_MANY;
	for (int i = 0; i < SETS; i++)
		if (call->arg[1 + i] && proc_memory(pid, call->arg[1 + i], set[i], size))
			return WATCHED_MANY;
	/* When it ends it writes its answer there. */
	if (proc_call(pid, tid, &still) || still.where != PROC_IN_CALL || still.nr != call->nr ||
	    memcmp(still.arg, call->arg, sizeof(still.arg)))
		return WATCHED_MANY;
	return only_one(set, bits);
}

/* The seed of call op. */
struct call_seed call_seed_of(pid_t pid, pid_t tid, unsigned int op, const struct proc_call *call)
{
	struct call_seed seed = call_seed_none;

	seed.arg = call->arg[ops[op].traits.kept ?: 1];
	if (ops[op].traits.mux_way == WAY_POLL) {
		seed.list = call->arg[0];
	} else if (ops[op].traits.mux_way == WAY_SELECT) {
		seed.list = call->arg[2];
		seed.fd = (int32_t)call->arg[0];
		seed.watched = select_watched(pid, tid, call);
	}
	return seed;
}
