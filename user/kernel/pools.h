/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.h - the pools of the kernel half: sized, filled, mapped; the indexes of dead and free
 * books.
 *
 * For the collector only, which says what each function below is for in its own header.
 */
#ifndef IOPHASE_POOLS_H
#define IOPHASE_POOLS_H

#include <sys/types.h>

#include "books/books.h"
#include "kernel/feature.h"

struct bpf_map;
struct iophase_bpf;

struct pools {
	struct iophase_bpf *skel;
	struct books books;
	uint16_t **tids; /* the pages of the map tids, each mapped at its first use */
	uint32_t tid_pages;
	uint32_t freed[PUSH_MAX]; /* books that are to be given back to the kernel half */
	uint32_t freed_count;
	uint64_t added, dropped; /* threads that were there before us */
	uint64_t lost[LOSTS];	 /* what user space itself could not do */
	bool deaf;		 /* it was said that the dead cannot be asked for */
};

/* Before load: sets the sizes from the number of threads now alive. 0 or -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, unsigned int alive,
	       struct feature_set features);

/* After load: maps the pools into our memory. 0 or -errno. */
int pools_map(struct pools *p);

/* After load: fills the free lists. 0 or -errno. */
int pools_fill(struct pools *p);

/* Maps `size` bytes of an array map's values from `offset` on; NULL and errno on failure. */
void *pools_map_part(const struct bpf_map *map, size_t offset, size_t size);

/*
 * Takes the index of books whose thread has died from the kernel half; false if there is none, or,
 * which is said once, if that cannot be had.
 */
bool pools_next_dead(struct pools *p, uint32_t *index);

/* Gives the index of freed books back to the kernel half, at the next pools_flush() or before. */
void pools_release(struct pools *p, uint32_t index);

/* Gives all freed books back. */
void pools_flush(struct pools *p);

/* Frees what they take of our memory, but what is mapped. */
void pools_clear(struct pools *p);

#endif
