/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * model.h - the I/O models, and which of them a task uses.
 */
#ifndef IOPHASE_MODEL_H
#define IOPHASE_MODEL_H

#include "base/types.h"

struct task_sums;

/* One I/O model. Where two have equal shares, the row further up wins. */
struct model {
	const char *name;  /* in the CSV */
	const char *words; /* in the first line of a report */
	const char *brief; /* in a list of shares */
	enum way way;	   /* of the reads that are counted for it; WAY_NONE: no read decides it */
};

enum {
	MODELS_MAX = 16, /* rows that models[] may have */
};

/* What the decision rests on. */
enum model_basis {
	BASIS_NONE, /* no read, no accept, and no time in an I/O call: idle */
	BASIS_READS,
	BASIS_ACCEPTS,
	BASIS_WRITES, /* of who is in writes for most of the time that it is in I/O calls */
	BASIS_TIME,   /* the calls that it was in for most of the time, or the requests made */
	BASIS_ASYNC,  /* descriptors have O_ASYNC */
};

struct model_share {
	const struct model *model;
	uint64_t count;
};

struct model_decision {
	const struct model *model;
	enum model_basis basis;
	bool before;	/* that is since the attach: in the window there is none */
	bool little;	/* a few calls, or a small part of one thread's life: perhaps by chance */
	uint64_t count; /* BASIS_READS, BASIS_ACCEPTS, BASIS_WRITES: all of them */
	uint64_t ns, wall; /* BASIS_TIME: in calls of this model, and of how much thread time; */
	const char *call;  /* the name of the one with the most, */
	uint64_t requests; /* or, if not 0, of the requests that were made or are in flight */
	/* of the same: who has how many of them, the largest first, none is 0 */
	struct model_share share[MODELS_MAX];
	unsigned int shares;
	/* of those that are blocking: how many came after a select or poll of just their descriptor
	 */
	uint64_t after_select, after_poll;
};

extern const struct model models[];
extern const size_t models_count;

/* The model of a read of that way; NULL where it is not known. */
const struct model *model_of_read(enum way way);

/*
 * The model of a task of a window: by what it has read in it, else by what it read before, else by
 * its accepts likewise, else by where its time went, which may be in writes, else by whether it has
 * asked for I/O signals.
 */
struct model_decision model_decide(const struct task_sums *task);

#endif
