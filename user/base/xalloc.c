/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * xalloc.c - memory that is always there.
 *
 * What goes in: sizes. What comes out: memory, or the end of the program with exit status 1 and one
 * line on stderr: there is nothing better to do, and no caller has to check.
 */
#include <limits.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	MMAP_THRESHOLD = 128 * 1024,   /* bytes, glibc's own */
	MMAP_THRESHOLD_MAX = 32 << 20, /* the most that it takes */
};

/* Ends the program for want of memory. */
void xalloc_failed(void)
{
	fputs("iophase: out of memory\n", stderr);
	exit(1);
}

/* `count` zeroed items of `size` bytes. */
void *xcalloc(size_t count, size_t size)
{
	/* calloc(0) may return NULL without having failed. */
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		xalloc_failed();
	return p;
}

/* `old`, moved if need be to room for `count` items of `size` bytes. */
void *xrealloc(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!p)
		xalloc_failed();
	return p;
}

/* Gets memory for what is about to be allocated. */
void memory_reserve(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *block, *first;

	/* All of these are wishes: without them it is slower, and no more. */
	mallopt(M_MMAP_THRESHOLD, (int)bytes + MMAP_THRESHOLD);
	mallopt(M_TRIM_THRESHOLD, 2 * (int)bytes);
	block = malloc(bytes);
	if (!block)
		return;
	first = block + (-(uintptr_t)block & (page - 1));
	madvise(first, bytes - (size_t)(first - block), MADV_HUGEPAGE);
	free(block);
}

/* Gives back what is not in use; what will be freed is kept for the next report. */
void memory_release(void)
{
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD_MAX);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	malloc_trim(0);
}

/* A copy of the string. */
char *xstrdup(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		xalloc_failed();
	return copy;
}

/* A new string, written as by printf. */
char *xasprintf(const char *format, ...)
{
	char *s = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&s, format, args);
	va_end(args);
	if (length < 0)
		xalloc_failed();
	return s;
}
