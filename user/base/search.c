/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * search.c - see search.h.
 *
 * What goes in: a list in order. What comes out: a place in it, by halving. Pure.
 */
#include "base/search.h"

size_t search_place(const void *list, size_t count, size_t size, const void *wanted,
		    search_before *before)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (before((const char *)list + middle * size, wanted))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
