/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.h - the pools of the kernel half: sized, mapped, grown; the indexes of dead and free books.
 *
 * For the collector only, which says what each function below is for in its own header.
 */
#ifndef IOPHASE_POOLS_H
#define IOPHASE_POOLS_H

#include <sys/types.h>

#include "books/books.h"
#include "kernel/feature.h"
#include "kernel/room.h"
#include "kernel/segments.h"

struct bpf_map;
struct collector_setup;
struct iophase_bpf;
struct ring_buffer;

struct pools {
	struct iophase_bpf *skel;
	struct books books;
	/* By enum pool: its memory, how it grows, and what it begins with; indexes up to given[]
	 * are or have been on its list of free ones. */
	struct segments segments[POOLS];
	struct room_rule rule[POOLS];
	uint32_t first[POOLS], given[POOLS];
	struct parcels parcels;
	struct ring_buffer *low; /* by which the kernel half wakes us */
	uint16_t **tids;	 /* the pages of the map tids, each mapped at its first use */
	uint32_t tid_pages;
	uint32_t freed[PUSH_MAX]; /* books that are to be given back to the kernel half */
	uint32_t freed_count;
	bool reused;		 /* books have been given back: some may be free, */
	bool remembers;		 /* and threads have been let go that may come back */
	uint64_t added, dropped; /* threads that were there before us */
	uint64_t lost[LOSTS];	 /* what user space itself could not do */
	bool deaf;		 /* it was said that the dead cannot be asked for, */
	bool asked;		 /* that the kernel half has asked for books, */
	bool cramped;		 /* and that pools cannot grow */
};

/* Before load: sets the sizes, for the threads that are alive and the most that there may be. 0 or
 * -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, const struct collector_setup *setup);

/* After load: makes what the pools begin with. 0 or -errno. */
int pools_open(struct pools *p);

/* Has those pools grow that run low; a failure is said once. */
void pools_grow(struct pools *p);

/* What is ready when pools run low, or many of the dead wait: the descriptor of a ring. */
int pools_low_fd(const struct pools *p);

/* Takes note of what has made it ready; to be called before the dead are read. */
void pools_hear(struct pools *p);

/* Maps `size` bytes of an array map's values from `offset` on; NULL and errno on failure. */
void *pools_map_part(const struct bpf_map *map, size_t offset, size_t size);

/* Takes the index of free books; 0 or -errno: there are none. */
int pools_take(struct pools *p, uint32_t *index);

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
