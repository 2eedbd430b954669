/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * large.c - see large.h.
 *
 * What goes in: sizes. What comes out: zeroed memory in huge pages, where the kernel gives some. Of
 * the heap, ten thousand threads' sums are 25,000 faults of small pages: half of what a report of
 * them took.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/large.h"
#include "base/xalloc.h"

enum {
	KEPT_MAX = 4, /* single pages; a thousand processes take two for each report */
};

/*
 * Pages that were given back, for the next report. A machine that is a virtual one takes ten times
 * as long for a new page as we do to wipe one.
 */
static void *kept[KEPT_MAX];
static size_t kept_count;

/* The whole pages that hold so many bytes. */
static size_t round_up(size_t size)
{
	return (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

/* Maps `size` bytes, whole pages, at the begin of one; MAP_FAILED on failure. */
static void *map_aligned(size_t size)
{
	char *all = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before;

	if (all == MAP_FAILED)
		return all;
	before = -(uintptr_t)all % LARGE_PAGE;
	/* What is left mapped if one of these fails is an address space that nobody uses. */
	if (before)
		munmap(all, before);
	munmap(all + before + size, LARGE_PAGE - before);
	return all + before;
}

/* Zeroed memory. */
void *large_alloc(size_t size)
{
	void *p;

	if (size < LARGE_PAGE)
		return xcalloc(1, size);
	if (size == LARGE_PAGE && kept_count)
		return memset(kept[--kept_count], 0, size);
	p = map_aligned(round_up(size));
	if (p == MAP_FAILED)
		xalloc_failed();
	/* A wish: without it it is slower, and no more. */
	madvise(p, round_up(size), MADV_HUGEPAGE);
	return p;
}

/* Gives it back. */
void large_free(void *p, size_t size)
{
	if (size < LARGE_PAGE)
		free(p);
	else if (p && size == LARGE_PAGE && kept_count < KEPT_MAX)
		kept[kept_count++] = p;
	else if (p)
		munmap(p, round_up(size));
}
