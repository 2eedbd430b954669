/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.c - see pools.h.
 *
 * What goes in: the maps of the skeleton. What comes out: the same memory on our side, and indexes
 * that go back and forth: those of the dead to us, those of free books to the kernel half.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "kernel/pools.h"
#include "iophase.skel.h"
#include "proc/proc.h"
#include "base/xalloc.h"

/*
 * Pools: room for the threads that are there now, and some; rows and octaves are shared, so their
 * numbers are means. All of it counts as our memory, used or not. An index of a thread is 16 bits
 * wide. The tests build a variant with so little room that it overflows.
 */
#ifndef THREADS_SPARE
#define THREADS_SPARE	  1024
#define ROWS_PER_THREAD	  3
#define ROWS_OF_EXCHANGES 2 /* more, where connections are measured */
#define OCTAVES_PER_ROW	  6
#define THREADS_MAX	  65000
#define UPSTREAMS_MAX	  4096
#endif
#define ROUND_UP(n, to) (((n) + (to)-1) / (to) * (to))

/*
 * Pools and the other maps that hold something of each thread. Offsets are into the skeleton (maps)
 * and into struct books (their values in our memory, and their number). A row without a count is
 * not mapped, one without a free list is no pool.
 */
struct pool_row {
	size_t map, free_list;
	enum pool pool;	     /* what the kernel half calls it, if it has a free list */
	uint32_t per_thread; /* entries for each thread that there is room for, */
	uint32_t exchanges;  /* and more of them where connections are measured; */
	uint32_t fixed;	     /* or so many there, however many threads there are */
	size_t values, count;
};

#define MAP(name)   offsetof(struct iophase_bpf, maps.name)
#define BOOKS(name) offsetof(struct books, name)

static const struct pool_row rows[] = {
	{MAP(threads), MAP(free_threads), POOL_THREADS, 1, 0, 0, BOOKS(threads),
	 BOOKS(thread_count)},
	{MAP(rows), MAP(free_rows), POOL_ROWS, ROWS_PER_THREAD, ROWS_OF_EXCHANGES, 0, BOOKS(rows),
	 BOOKS(row_count)},
	{MAP(octaves), MAP(free_octaves), POOL_OCTAVES, ROWS_PER_THREAD *OCTAVES_PER_ROW,
	 ROWS_OF_EXCHANGES *OCTAVES_PER_ROW, 0, BOOKS(octaves), BOOKS(octave_count)},
	{MAP(upstreams), MAP(free_upstreams), POOL_UPSTREAMS, 0, 0, UPSTREAMS_MAX, BOOKS(upstreams),
	 BOOKS(upstream_count)},
	{.map = MAP(upstream_at), .fixed = UPSTREAMS_MAX},
	{.map = MAP(claims), .per_thread = 1},
	{.map = MAP(dead), .per_thread = 1},
};

/* A map of the skeleton, by its offset there. */
static struct bpf_map *map_at(const struct pools *p, size_t offset)
{
	return *(struct bpf_map **)((char *)p->skel + offset);
}

/* Sets the sizes of the maps of one row, and of its books, for so many threads; 0 or -errno. */
static int size_row(struct pools *p, const struct pool_row *row, uint32_t threads, bool connections)
{
	uint32_t each = row->per_thread + (connections ? row->exchanges : 0);
	uint32_t fixed = connections || !row->fixed ? row->fixed : 1;
	uint32_t entries = threads * each + fixed + 1; /* index 0 is unused */
	int err = bpf_map__set_max_entries(map_at(p, row->map), entries);

	if (row->count)
		*(uint32_t *)((char *)&p->books + row->count) = entries;
	if (!err && row->free_list)
		err = bpf_map__set_max_entries(map_at(p, row->free_list), entries - 1);
	return err;
}

/* Sets the sizes of all pools from the number of threads now alive; 0 or -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, unsigned int alive,
	       struct feature_set features)
{
	bool connections = feature_measures_connections(features);
	uint32_t threads = alive + alive / 4 + THREADS_SPARE;
	int err, pid_max = proc_pid_max();

	if (pid_max < 0)
		return pid_max;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (alive > threads)
		log_warn("%u threads, and room for %u: the others are not traced", alive, threads);
	p->skel = skel;
	p->tid_pages = ROUND_UP(pid_max + 1, TIDS_PER_PAGE) / TIDS_PER_PAGE;
	p->tids = xcalloc(p->tid_pages, sizeof(*p->tids));
	err = bpf_map__set_max_entries(skel->maps.tids, p->tid_pages);
	for (size_t i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		err = size_row(p, &rows[i], threads, connections);
	if (!err && !feature_has(features, FEATURE_CONNECTIONS_BY_CALLS))
		err = bpf_map__set_max_entries(skel->maps.seen, 1);
	return err;
}

/* Maps `size` bytes of an array map's values from `offset` on; NULL and errno on failure. */
void *pools_map_part(const struct bpf_map *map, size_t offset, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map),
			(off_t)offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Maps all values of an array map into our memory; NULL and errno on failure. */
static void *map_values(const struct bpf_map *map)
{
	size_t size = (size_t)bpf_map__max_entries(map) * ROUND_UP(bpf_map__value_size(map), 8);

	return pools_map_part(map, 0, ROUND_UP(size, (size_t)sysconf(_SC_PAGESIZE)));
}

/* Maps all pools; 0 or -errno. */
int pools_map(struct pools *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		void *values;

		if (!rows[i].count)
			continue;
		values = map_values(map_at(p, rows[i].map));
		if (!values)
			return -errno;
		*(void **)((char *)&p->books + rows[i].values) = values;
	}
	return 0;
}

/* Has the kernel half put the first `count` indexes of push_index on a free list; 0 or -errno. */
static int push(const struct pools *p, enum pool pool, uint32_t count)
{
	DECLARE_LIBBPF_OPTS(bpf_test_run_opts, run);

	p->skel->bss->push_pool = pool;
	p->skel->bss->push_count = count;
	if (bpf_prog_test_run_opts(bpf_program__fd(p->skel->progs.pool_push), &run))
		return -errno;
	return run.retval == count ? 0 : -EBUSY;
}

/* Puts the indexes 1 .. count-1 on the free list, the lowest on top; 0 or -errno. */
static int fill(const struct pools *p, enum pool pool, uint32_t count)
{
	uint32_t *index = p->skel->bss->push_index;
	uint32_t listed = 0;
	int err = 0;

	for (uint32_t i = count - 1; i > 0 && !err; i--) {
		index[listed++] = i;
		if (listed < PUSH_MAX && i > 1)
			continue;
		err = push(p, pool, listed);
		listed = 0;
	}
	return err;
}

/* Fills the free lists; 0 or -errno. */
int pools_fill(struct pools *p)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		if (rows[i].free_list)
			err = fill(p, rows[i].pool,
				   *(uint32_t *)((char *)&p->books + rows[i].count));
	return err;
}

/* Gives the index of freed books back to the kernel half, at the next pools_flush() or before. */
void pools_release(struct pools *p, uint32_t index)
{
	if (p->freed_count == PUSH_MAX)
		pools_flush(p);
	if (p->freed_count < PUSH_MAX)
		p->freed[p->freed_count++] = index;
	else
		p->lost[LOST_THREADS]++; /* books that nobody will get any more */
}

/* Gives all freed books back; what cannot be given back now is tried again the next time. */
void pools_flush(struct pools *p)
{
	uint32_t count = p->freed_count;

	if (!count)
		return;
	memcpy(p->skel->bss->push_index, p->freed, count * sizeof(*p->freed));
	if (!push(p, POOL_THREADS, count))
		p->freed_count = 0;
}

/* Takes the index of books whose thread has died from the queue; false if there is none. */
bool pools_next_dead(struct pools *p, uint32_t *index)
{
	int queue = bpf_map__fd(p->skel->maps.dead);

	if (!bpf_map_lookup_and_delete_elem(queue, NULL, index))
		return *index && *index < p->books.thread_count;
	if (errno != ENOENT && !p->deaf) {
		p->deaf = true;
		log_warn("threads that have died cannot be asked for, so their books stay open: %s",
			 strerror(errno));
	}
	return false;
}

/* Frees what they take of our memory. */
void pools_clear(struct pools *p)
{
	free(p->tids);
	p->tids = NULL;
	p->tid_pages = 0;
}
