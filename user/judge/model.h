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
	BASIS_NONE, /* no read, no accept, and nothing is waited for: idle */
	BASIS_READS,
	BASIS_ACCEPTS,
	BASIS_WAITING, /* the call that most threads wait in */
	BASIS_ASYNC,   /* descriptors have O_ASYNC */
};

struct model_share {
	const struct model *model;
	uint64_t count;
};

struct model_decision {
	const struct model *model;
	enum model_basis basis;
	uint64_t count;	  /* all reads, all accepts, or the threads that wait in `call` */
	const char *call; /* BASIS_WAITING: the name of the call that they wait in, */
	bool requests;	  /* or of the requests, `count` of them, that are in flight */
	/* BASIS_READS and BASIS_ACCEPTS: who has how many of them, the largest first, none is 0 */
	struct model_share share[MODELS_MAX];
	unsigned int shares;
};

extern const struct model models[];
extern const size_t models_count;

/* The model of a task: by its reads, else its accepts, else what its threads wait in, else whether
 * it has asked for I/O signals. */
struct model_decision model_decide(const struct task_sums *task);

#endif
