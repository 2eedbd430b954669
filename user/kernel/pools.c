/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.c - see pools.h.
 *
 * What goes in: the maps of the skeleton. What comes out: the same memory on our side, more of it
 * while the program runs, and indexes that go back and forth: those of the dead to us, those of
 * free books to the kernel half.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "kernel/pools.h"
#include "iophase.skel.h"
#include "kernel/setup.h"
#include "proc/proc.h"
#include "base/xalloc.h"

/*
 * Rows and octaves are shared by all threads, so their numbers for each are means. The tests build
 * a variant that has few.
 */
#ifndef ROWS_PER_THREAD
#define ROWS_PER_THREAD	  3
#define ROWS_OF_EXCHANGES 2 /* more, where connections are measured */
#define OCTAVES_PER_ROW	  6
#define UPSTREAMS_MAX	  4096	/* processes and addresses */
#define LOST_THREADS_MAX  65536 /* that live; a report has no more threads */
#endif

#define ROUND_UP(n, to) (((n) + (to)-1) / (to) * (to))

enum {
	GIVE_PAUSE = 200000, /* ns, until it is looked again whether a segment is there, */
	GIVE_TRIES = 20,     /* and how often; the rest is done with the next tick */
};

/*
 * The pools. Offsets are into the skeleton (maps) and into struct books (their values in our
 * memory, and their number).
 */
struct pool_row {
	size_t segments, fresh;
	uint32_t value_size, shift;
	uint32_t each;	    /* at most so many entries for each thread that there may be, */
	uint32_t exchanges; /* and more where connections are measured; */
	uint32_t first;	    /* in the beginning so many for each that is there; */
	uint32_t fixed;	    /* or at most so many, however many threads there are */
	uint32_t spare;	    /* see struct room_rule */
	size_t values, count;
};

#define MAP(name)   offsetof(struct iophase_bpf, maps.name)
#define BOOKS(name) offsetof(struct books, name)

static const struct pool_row rows[POOLS] = {
	[POOL_THREADS] = {MAP(threads), MAP(fresh_threads), sizeof(struct thread), THREADS_SHIFT,
			  .each = 1, .first = 1, .spare = 750, .values = BOOKS(threads),
			  .count = BOOKS(thread_count)},
	[POOL_ROWS] = {MAP(rows), MAP(fresh_rows), sizeof(struct row), ROWS_SHIFT,
		       .each = ROWS_PER_THREAD, .exchanges = ROWS_OF_EXCHANGES, .first = 3,
		       .spare = 1000, .values = BOOKS(rows), .count = BOOKS(row_count)},
	[POOL_OCTAVES] = {MAP(octaves), MAP(fresh_octaves), sizeof(struct octave), OCTAVES_SHIFT,
			  .each = ROWS_PER_THREAD * OCTAVES_PER_ROW,
			  .exchanges = ROWS_OF_EXCHANGES * OCTAVES_PER_ROW, .first = 6,
			  .spare = 4000, .values = BOOKS(octaves), .count = BOOKS(octave_count)},
	[POOL_UPSTREAMS] = {MAP(upstreams), MAP(fresh_upstreams), sizeof(struct upstream),
			    UPSTREAMS_SHIFT, .fixed = UPSTREAMS_MAX, .spare = 100,
			    .values = BOOKS(upstreams), .count = BOOKS(upstream_count)},
};

/* A map of the skeleton, by its offset there. */
static struct bpf_map *map_at(const struct pools *p, size_t offset)
{
	return *(struct bpf_map **)((char *)p->skel + offset);
}

/* Sets the sizes of the maps of one pool; 0 or -errno. */
static int size_pool(struct pools *p, enum pool pool, const struct collector_setup *setup)
{
	bool connections = feature_measures_connections(setup->features);
	const struct pool_row *row = &rows[pool];
	uint32_t each = row->each + (connections ? row->exchanges : 0);
	struct segments *s = &p->segments[pool];
	uint32_t size;
	int err;

	p->rule[pool] = (struct room_rule){
		.spare = row->spare,
		.max = setup->threads_max * each + (connections ? row->fixed : 0),
	};
	p->first[pool] = room_first(&p->rule[pool], (uint64_t)setup->thread_count * row->first);
	*s = (struct segments){.value_size = row->value_size, .each = 1U << row->shift};
	/* Index 0 is unused. */
	s->most = ROUND_UP(p->rule[pool].max + 1, s->each) / s->each;
	size = room_free_most(&p->rule[pool], p->first[pool], s->each);
	err = bpf_map__set_max_entries(map_at(p, row->segments), s->most);
	return err ? err : bpf_map__set_max_entries(map_at(p, row->fresh), size ? size : 1);
}

/*
 * Sets the sizes of maps where no program hangs on calls; 0 or -errno. Only hooks on calls write
 * the first two, and the kernel makes all of their entries at once. So it would those of requests,
 * which is a third of what all maps take: they are made when they are needed, as programs of
 * tracepoints may have it, but not those that are run as perf events.
 */
static int size_for_light(struct iophase_bpf *skel)
{
	int err = bpf_map__set_max_entries(skel->maps.handed, 1);

	err = err ?: bpf_map__set_max_entries(skel->maps.aio_rings, 1);
	return err ?: bpf_map__set_map_flags(skel->maps.requests, BPF_F_NO_PREALLOC);
}

/* Sets the sizes of all maps that hold something of each thread; 0 or -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, const struct collector_setup *setup)
{
	struct bpf_map *const of_threads[] = {skel->maps.used_threads, skel->maps.dead,
					      skel->maps.claims};
	unsigned int alive = setup->thread_count;
	int err, pid_max = proc_pid_max();

	if (pid_max < 0)
		return pid_max;
	if (alive > setup->threads_max)
		log_warn("%u threads, and room for %u: the others are not traced (--max-threads)",
			 alive, setup->threads_max);
	p->skel = skel;
	p->tid_pages = ROUND_UP(pid_max + 1, TIDS_PER_PAGE) / TIDS_PER_PAGE;
	p->tids = xcalloc(p->tid_pages, sizeof(*p->tids));
	err = bpf_map__set_max_entries(skel->maps.tids, p->tid_pages);
	/* Whoever claims a tid finds out only then that there are no books. */
	for (size_t i = 0; i < ARRAY_SIZE(of_threads) && !err; i++)
		err = bpf_map__set_max_entries(of_threads[i], setup->threads_max + 1);
	err = err ?: bpf_map__set_max_entries(skel->maps.upstream_by_key, UPSTREAMS_MAX + 1);
	err = err ?: bpf_map__set_max_entries(skel->maps.lost_threads, LOST_THREADS_MAX);
	err = err ?: bpf_map__set_max_entries(skel->maps.low, (uint32_t)sysconf(_SC_PAGESIZE));
	for (int i = 0; i < POOLS && !err; i++)
		err = size_pool(p, i, setup);
	if (!err && !feature_has(setup->features, FEATURE_CONNECTIONS_BY_CALLS))
		err = bpf_map__set_max_entries(skel->maps.seen, 1);
	if (!err && feature_has(setup->features, FEATURE_LIGHT))
		err = size_for_light(skel);
	return err;
}

/* Maps `size` bytes of an array map's values from `offset` on; NULL and errno on failure. */
void *pools_map_part(const struct bpf_map *map, size_t offset, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map),
			(off_t)offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Has the kernel half put the first `count` indexes of push_index back; how many it did, or -errno.
 */
static int push(const struct pools *p, unsigned int pool, uint32_t count)
{
	DECLARE_LIBBPF_OPTS(bpf_test_run_opts, run);

	p->skel->bss->push_pool = pool;
	p->skel->bss->push_count = count;
	if (bpf_prog_test_run_opts(bpf_program__fd(p->skel->progs.pool_push), &run))
		return -errno;
	return (int)run.retval;
}

/* The last index that there is memory for. */
static uint32_t last_of(const struct pools *p, enum pool pool)
{
	const struct segments *s = &p->segments[pool];
	uint32_t max = p->rule[pool].max;

	if (!s->made)
		return 0;
	return s->made * s->each - 1 < max ? s->made * s->each - 1 : max;
}

/*
 * Puts indexes of a pool that the kernel half has not had on its list of free ones, all that it
 * takes: the list may be full, or the segment not there yet. 0 or -errno.
 */
static int give(struct pools *p, enum pool pool)
{
	uint32_t *index = p->skel->bss->push_index, *given = &p->given[pool];
	uint32_t last = last_of(p, pool);
	int pushed = 1;

	while (*given < last && pushed > 0) {
		uint32_t count = last - *given < PUSH_MAX ? last - *given : PUSH_MAX;

		for (uint32_t i = 0; i < count; i++)
			index[i] = *given + 1 + i;
		/* Before the kernel half uses them. */
		*(uint32_t *)((char *)&p->books + rows[pool].count) = *given + count + 1;
		pushed = push(p, pool, count);
		if (pushed > 0)
			*given += (uint32_t)pushed;
	}
	/* When so few are left of these, it wakes us. */
	__atomic_store_n(&p->skel->bss->pool_low[pool], room_low(&p->rule[pool], *given),
			 __ATOMIC_RELEASE);
	return pushed < 0 ? pushed : 0;
}

/* Gives all pools what they have memory for; 0 or -errno. *all: whether they have taken it. */
static int give_all(struct pools *p, bool *all)
{
	int err = 0, failed;

	*all = true;
	for (int i = 0; i < POOLS; i++) {
		failed = give(p, i);
		err = err ? err : failed;
		*all &= p->given[i] == last_of(p, i);
	}
	return err;
}

/* Has all pools have at least so many entries, by enum pool; 0 or -errno. */
static int make(struct pools *p, const uint32_t *entries)
{
	const struct timespec pause = {.tv_nsec = GIVE_PAUSE};
	int err = 0, failed;
	bool all = false;

	for (int i = 0; i < POOLS; i++) {
		struct segments *s = &p->segments[i];

		failed = entries[i] ? segments_make(s, entries[i] / s->each + 1, &p->parcels) : 0;
		err = err ? err : failed;
	}
	for (int i = 0; i < GIVE_TRIES && !all; i++) {
		if (i)
			nanosleep(&pause, NULL);
		failed = give_all(p, &all);
		err = err ? err : failed;
	}
	return err;
}

/* What is ready when pools run low. */
int pools_low_fd(const struct pools *p)
{
	return bpf_map__fd(p->skel->maps.low);
}

/* Takes a word of the kernel half's from the ring: which pool runs low is known without it. */
static int heard(void *arg, void *data, size_t size)
{
	struct pools *p = arg;

	if (size < sizeof(uint32_t) || *(uint32_t *)data != POOL_USED_THREADS || p->asked)
		return 0;
	p->asked = true;
	log_info("asked for the books of threads that have ended, before the tick");
	return 0;
}

/* Makes what the pools begin with; 0 or -errno. */
int pools_open(struct pools *p)
{
	int err = 0;
	bool all;

	for (int i = 0; i < POOLS && !err; i++) {
		struct segments *s = &p->segments[i];

		s->outer = bpf_map__fd(map_at(p, rows[i].segments));
		err = segments_reserve(s);
		*(void **)((char *)&p->books + rows[i].values) = s->values;
	}
	p->low = ring_buffer__new(pools_low_fd(p), heard, p, NULL);
	if (!err && !p->low)
		err = -errno;
	err = err ? err : make(p, p->first);
	err = err ? err : give_all(p, &all);
	/* Without them there is nothing to begin with. */
	while (!err && !all && p->parcels.count) {
		err = segments_settle(&p->parcels, true);
		err = err ? err : give_all(p, &all);
	}
	return err;
}

/*
 * How many entries of a pool were taken, or are due to its threads: each of them is to find as many
 * as the first ones did, for thousands that were born one by one may all make their first call, or
 * be killed in it, at once.
 */
static uint32_t taken_of(const struct pools *p, enum pool pool)
{
	const __u32 *taken = p->skel->bss->pool_taken;
	uint32_t due = __atomic_load_n(&taken[POOL_THREADS], __ATOMIC_ACQUIRE) * rows[pool].first;
	uint32_t own = __atomic_load_n(&taken[pool], __ATOMIC_ACQUIRE);

	due = due < last_of(p, pool) ? due : last_of(p, pool);
	return own > due ? own : due;
}

/* Says once that pools cannot grow. */
static void say_cramped(struct pools *p, int err)
{
	if (!p->cramped)
		log_warn("no room can be made for more threads and calls, so further ones are "
			 "lost: %s",
			 strerror(-err));
	p->cramped = true;
}

/* Has those pools grow that run low. */
void pools_grow(struct pools *p)
{
	int err = segments_settle(&p->parcels, false), failed;
	uint32_t wanted[POOLS], last, threads = p->given[POOL_THREADS];
	bool grow = false, all;

	for (int i = 0; i < POOLS; i++) {
		last = last_of(p, i);
		wanted[i] = room_next(&p->rule[i], taken_of(p, i), last);
		grow |= wanted[i] > last;
	}
	failed = grow ? make(p, wanted) : give_all(p, &all);
	if (p->given[POOL_THREADS] > threads)
		log_info("room for %u threads", p->given[POOL_THREADS]);
	if (err || failed)
		say_cramped(p, err ? err : failed);
}

/* Takes note of what has made that ready: from here on it is made ready again. */
void pools_hear(struct pools *p)
{
	/* Should it fail, the next tick looks. */
	(void)ring_buffer__consume(p->low);
	__atomic_store_n(&p->skel->bss->reap_asked, false, __ATOMIC_SEQ_CST);
}

/* Takes the index of free books, of those that were used before if there are any; 0 or -errno. */
int pools_take(struct pools *p, uint32_t *index)
{
	int used = bpf_map__fd(p->skel->maps.used_threads);
	int fresh = bpf_map__fd(p->skel->maps.fresh_threads);
	uint32_t low = p->skel->bss->pool_low[POOL_THREADS];

	if (p->reused && !bpf_map_lookup_and_delete_elem(used, NULL, index)) {
		__atomic_fetch_sub(&p->skel->bss->free_threads, 1, __ATOMIC_RELAXED);
		return 0;
	}
	if (bpf_map_lookup_and_delete_elem(fresh, NULL, index))
		return -errno;
	__atomic_fetch_sub(&p->skel->bss->free_threads, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&p->skel->bss->pool_taken[POOL_THREADS], *index, __ATOMIC_RELEASE);
	if (low && *index >= low)
		pools_grow(p);
	return 0;
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
	p->reused = true;
	if (push(p, POOL_USED_THREADS, count) == (int)count)
		p->freed_count = 0;
}

/* Takes the index of books whose thread has died from the queue; false if there is none. */
bool pools_next_dead(struct pools *p, uint32_t *index)
{
	int queue = bpf_map__fd(p->skel->maps.dead);

	if (!bpf_map_lookup_and_delete_elem(queue, NULL, index)) {
		__atomic_fetch_sub(&p->skel->bss->dead_threads, 1, __ATOMIC_RELAXED);
		return *index && *index < p->books.thread_count;
	}
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
	(void)segments_settle(&p->parcels, true);
	ring_buffer__free(p->low);
	p->low = NULL;
	/* Mapped memory keeps a map, as a descriptor does. */
	for (unsigned int i = 0; i < POOLS; i++)
		segments_release(&p->segments[i]);
	for (uint32_t page = 0; p->tids && page < p->tid_pages; page++)
		if (p->tids[page])
			munmap(p->tids[page], TIDS_PER_PAGE * sizeof(uint16_t));
	free(p->tids);
	p->tids = NULL;
	p->tid_pages = 0;
}
