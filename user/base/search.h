/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * search.h - a place in a list that is in order.
 */
#ifndef IOPHASE_SEARCH_H
#define IOPHASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a thing of the list comes before what is looked for. */
typedef bool search_before(const void *thing, const void *wanted);

/* The place of the first of `count` things, each of `size` bytes, that does not come before what is
 * looked for: where that is, or belongs. bsearch(3) tells only of what is there. */
size_t search_place(const void *list, size_t count, size_t size, const void *wanted,
		    search_before *before);

#endif
