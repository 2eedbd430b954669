/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * large.h - memory by the megabyte, for lists of thousands.
 */
#ifndef IOPHASE_LARGE_H
#define IOPHASE_LARGE_H

#include <stddef.h>

enum {
	LARGE_PAGE = 2 << 20, /* bytes; what is smaller than that comes from the heap */
};

/* `size` bytes, all zero; never NULL. To be freed by large_free() with the same size. */
void *large_alloc(size_t size);

/* Frees them, but keeps some for the next ones; p may be NULL. One thread at a time. */
void large_free(void *p, size_t size);

#endif
