/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * phrases.h - parts of the sentences of the text report.
 */
#ifndef IOPHASE_PHRASES_H
#define IOPHASE_PHRASES_H

#include "judge/model.h"

struct phrase {
	char s[128];
};

/* "1 thread", "2 threads": a number and its noun. */
struct phrase number_of(uint64_t n, const char *noun);

/* What is counted for a model that rests on calls: "read", "accept", "write". */
const char *noun_of(enum model_basis basis);

/*
 * How many of the reads, or accepts, of a blocking task came after a select or poll of just their
 * descriptor, as "; poll of one descriptor, then read: 12"; empty if none did.
 */
struct phrase phrase_after_one(const struct model_decision *m);

/* What a model rests on that has little to rest on: "3 reads", "0.2 % of the time"; else empty. */
struct phrase phrase_little(const struct model_decision *m);

#endif
