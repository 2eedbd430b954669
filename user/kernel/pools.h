/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.h - the pools of the kernel half: sized, filled, mapped; threads put into them and taken
 * out.
 *
 * For the collector only, which says what each function below is for in its own header.
 */
#ifndef IOPHASE_POOLS_H
#define IOPHASE_POOLS_H

#include <sys/types.h>

#include "books/books.h"

struct iophase_bpf;

struct pools {
	struct iophase_bpf *skel;
	struct books books;
	uint16_t **tids; /* the pages of the map tids, each mapped at its first use */
	uint32_t tid_pages;
	uint64_t *returned;	 /* the ring of threads given back, as many entries as threads */
	uint64_t added, dropped; /* threads that were there before us */
	uint64_t lost[LOSTS];	 /* what user space itself could not do */
};

/* Before load: sets the sizes from the number of threads now alive. 0 or -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, unsigned int alive);

/* After load: maps the pools into our memory. 0 or -errno. */
int pools_map(struct pools *p);

/* After load: fills the stacks of free indexes. 0 or -errno. */
int pools_fill(struct pools *p);

/* Gives the index of freed books back to the kernel half; `arg` is the pools. */
void pools_release(void *arg, uint32_t index);

bool pools_has(const struct pools *p, pid_t tid);
int pools_add(struct pools *p, pid_t pid, pid_t tid);
void pools_seed(struct pools *p, pid_t tid, unsigned int op, enum phase phase, uint64_t vector);
void pools_drop(struct pools *p, pid_t tid);
uint64_t pools_live(const struct pools *p);

/* Ends the books of living threads that /proc knows no longer: the kernel half missed their death.
 */
void pools_reconcile(struct pools *p);

#endif
