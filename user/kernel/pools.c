/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pools.c - see pools.h.
 *
 * What goes in: the maps of the skeleton. What comes out: the same memory on our side, and threads
 * put into it and taken out.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/now.h"
#include "kernel/pools.h"
#include "iophase.skel.h"
#include "proc/proc.h"
#include "proc/proc_view.h"
#include "base/xalloc.h"

/*
 * Pools: room for the threads that are there now, and some; rows and octaves are shared, so their
 * numbers are means. All of it counts as our memory, used or not. An index of a thread is 16 bits
 * wide. The tests build a variant with so little room that it overflows.
 */
#ifndef THREADS_SPARE
#define THREADS_SPARE	1024
#define ROWS_PER_THREAD 3
#define OCTAVES_PER_ROW 7
#endif
#define THREADS_MAX	65000
#define ROUND_UP(n, to) (((n) + (to)-1) / (to) * (to))

/*
 * Pools and the other maps that hold something of each thread. Offsets are into the skeleton (maps)
 * and into struct books (their values in our memory, and their number). A row without a count is
 * not mapped, one without a free list is no pool.
 */
struct pool_row {
	size_t map, free_list;
	uint32_t per_thread; /* entries for each thread that there is room for */
	size_t values, count;
};

#define MAP(name)   offsetof(struct iophase_bpf, maps.name)
#define BOOKS(name) offsetof(struct books, name)

static const struct pool_row rows[] = {
	{MAP(threads), MAP(free_threads), 1, BOOKS(threads), BOOKS(thread_count)},
	{MAP(rows), MAP(free_rows), ROWS_PER_THREAD, BOOKS(rows), BOOKS(row_count)},
	{MAP(octaves), MAP(free_octaves), ROWS_PER_THREAD *OCTAVES_PER_ROW, BOOKS(octaves),
	 BOOKS(octave_count)},
	{.map = MAP(claims), .per_thread = 1},
	{.map = MAP(returned), .per_thread = 1},
};

/* A map of the skeleton, by its offset there. */
static struct bpf_map *map_at(const struct pools *p, size_t offset)
{
	return *(struct bpf_map **)((char *)p->skel + offset);
}

/* Sets the sizes of the maps of one row, and of its books, for so many threads; 0 or -errno. */
static int size_row(struct pools *p, const struct pool_row *row, uint32_t threads)
{
	uint32_t entries = threads * row->per_thread + 1; /* index 0 is unused */
	int err = bpf_map__set_max_entries(map_at(p, row->map), entries);

	if (row->count)
		*(uint32_t *)((char *)&p->books + row->count) = entries;
	if (!err && row->free_list)
		err = bpf_map__set_max_entries(map_at(p, row->free_list), entries - 1);
	return err;
}

/* Sets the sizes of all pools from the number of threads now alive; 0 or -errno. */
int pools_size(struct pools *p, struct iophase_bpf *skel, unsigned int alive)
{
	uint32_t threads = alive + alive / 4 + THREADS_SPARE;
	int err, pid_max = proc_pid_max();

	if (pid_max < 0)
		return pid_max;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	p->skel = skel;
	p->tid_pages = ROUND_UP(pid_max + 1, TIDS_PER_PAGE) / TIDS_PER_PAGE;
	p->tids = xcalloc(p->tid_pages, sizeof(*p->tids));
	err = bpf_map__set_max_entries(skel->maps.tids, p->tid_pages);
	for (size_t i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		err = size_row(p, &rows[i], threads);
	skel->rodata->returned_size = threads + 1;
	return err;
}

/* Maps `size` bytes of an array map's values from `offset` on; NULL and errno on failure. */
static void *map_part(const struct bpf_map *map, size_t offset, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Maps all values of an array map into our memory; NULL and errno on failure. */
static void *map_values(const struct bpf_map *map)
{
	size_t size = (size_t)bpf_map__max_entries(map) * ROUND_UP(bpf_map__value_size(map), 8);

	return map_part(map, 0, ROUND_UP(size, (size_t)sysconf(_SC_PAGESIZE)));
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
	p->returned = map_values(p->skel->maps.returned);
	return p->returned ? 0 : -errno;
}

/* Puts the indexes 1 .. count-1 on the stack, the lowest on top; 0 or -errno. */
static int fill_stack(struct bpf_map *stack, uint32_t count)
{
	for (uint32_t i = count - 1; i > 0; i--)
		if (bpf_map_update_elem(bpf_map__fd(stack), NULL, &i, BPF_ANY))
			return -errno;
	return 0;
}

/* Fills the stacks of free indexes; 0 or -errno. */
int pools_fill(struct pools *p)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		if (rows[i].free_list)
			err = fill_stack(map_at(p, rows[i].free_list),
					 *(uint32_t *)((char *)&p->books + rows[i].count));
	return err;
}

/*
 * The place of a tid in the map tids, or NULL for one that no pid can be. It is shared memory,
 * since the kernel half writes to its neighbours; of millions of possible tids we map just these
 * pages.
 */
static uint16_t *tid_entry(const struct pools *p, pid_t tid)
{
	uint32_t page = tid / TIDS_PER_PAGE;
	size_t size = TIDS_PER_PAGE * sizeof(uint16_t);

	if (tid <= 0 || page >= p->tid_pages)
		return NULL;
	if (!p->tids[page])
		p->tids[page] = map_part(p->skel->maps.tids, page * size, size);
	return p->tids[page] ? &p->tids[page][tid % TIDS_PER_PAGE] : NULL;
}

/* The books of a traced thread, or NULL. */
static struct thread *thread_of(const struct pools *p, pid_t tid)
{
	uint16_t *entry = tid_entry(p, tid);
	uint16_t index = entry ? __atomic_load_n(entry, __ATOMIC_ACQUIRE) : 0;

	return index && index < p->books.thread_count ? &p->books.threads[index] : NULL;
}

bool pools_has(const struct pools *p, pid_t tid)
{
	return thread_of(p, tid) != NULL;
}

/* Takes free books for a thread that was there before us, and opens them. */
int pools_add(struct pools *p, pid_t pid, pid_t tid)
{
	int claims = bpf_map__fd(p->skel->maps.claims);
	uint16_t *entry = tid_entry(p, tid);
	uint32_t key = tid, value = pid, index;
	struct proc_stat stat;

	if (!entry)
		return -ERANGE;
	if (*entry)
		return -EEXIST;
	if (bpf_map_update_elem(claims, &key, &value, BPF_NOEXIST)) {
		if (errno != EEXIST)
			p->lost[LOST_CLAIMS]++;
		return -errno;
	}
	if (bpf_map_lookup_and_delete_elem(bpf_map__fd(p->skel->maps.free_threads), NULL, &index)) {
		bpf_map_delete_elem(claims, &key);
		p->lost[LOST_THREADS]++;
		return -ENOSPC;
	}
	/* The parent matters for the shape of families only, so one that is gone is no error. */
	books_open(&p->books, index, pid, tid, proc_stat(pid, &stat) ? 0 : stat.ppid, now_ns());
	p->added++;
	__atomic_store_n(entry, index, __ATOMIC_RELEASE);
	return 0;
}

/* Tells the kernel half what an added thread was found doing. */
void pools_seed(struct pools *p, pid_t tid, unsigned int op, enum phase phase, uint64_t vector)
{
	union seed seed = {.valid = 1, .op = op, .phase = phase};
	struct thread *t = thread_of(p, tid);

	if (!t)
		return;
	t->seed_arg = vector;
	__atomic_store_n(&t->seed.word, seed.word, __ATOMIC_RELEASE);
}

/* Gives the index of freed books back to the kernel half, by the ring that never overflows. */
void pools_release(void *arg, uint32_t index)
{
	struct pools *p = arg;
	uint32_t put = p->skel->bss->returned_put;

	p->returned[put % p->books.thread_count] = index;
	__atomic_store_n(&p->skel->bss->returned_put, put + 1, __ATOMIC_RELEASE);
}

/* Takes an added thread out again that turned out to be dead. */
void pools_drop(struct pools *p, pid_t tid)
{
	uint16_t *entry = tid_entry(p, tid);
	uint32_t key = tid, index = entry ? *entry : 0;

	if (!index)
		return;
	*entry = 0;
	books_free(&p->books, index);
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.claims), &key);
	p->dropped++;
	pools_release(p, index);
}

/* The number of traced threads that are alive. */
uint64_t pools_live(const struct pools *p)
{
	const struct iophase_bpf__bss *bss = p->skel->bss;
	uint64_t deaths = __atomic_load_n(&bss->deaths, __ATOMIC_ACQUIRE);

	return p->added - p->dropped + __atomic_load_n(&bss->births, __ATOMIC_ACQUIRE) - deaths;
}

/* Ends the books of a living thread that is gone, if the kernel half has not done so meanwhile. */
static void end_missed(struct pools *p, uint32_t index)
{
	struct thread *t = &p->books.threads[index];
	uint16_t *entry = tid_entry(p, t->tid);
	uint32_t key = t->tid;

	if (!entry || *entry != index)
		return;
	*entry = 0;
	bpf_map_delete_elem(bpf_map__fd(p->skel->maps.claims), &key);
	books_close(&p->books, index, now_ns());
	p->dropped++;
	p->lost[LOST_DEATHS]++;
}

/* Ends the books of living threads that /proc knows no longer. */
void pools_reconcile(struct pools *p)
{
	uint32_t end = books_end(&p->books);

	for (uint32_t i = 1; i < end; i++) {
		struct thread *t = &p->books.threads[i];
		struct proc_stat stat;

		if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) != THREAD_LIVE)
			continue;
		/* The event of a death comes before its thread leaves /proc. */
		if (proc_stat(t->tid, &stat) == -ESRCH && !proc_hides(t->tid))
			end_missed(p, i);
	}
}
