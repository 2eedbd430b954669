/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service_room.c - see service_room.h.
 *
 * What goes in: who comes, and what they have. What comes out: whether there is room. Room is never
 * given back, as a series that was told once is told for ever; so who had none will have none.
 */
#include "books/ops.h"
#include "judge/rule.h"
#include "judge/service_room.h"

enum {
	KEPT = 8, /* the part of the room that is kept for what services get later */
};

/* What the sums of all that did not get in may come to: each call and each finding once. */
static size_t series_of_others(void)
{
	size_t series = SERIES_OF_REST + SERIES_OF_CALL; /* "app" is one more */

	for (unsigned int op = 0; op < OPS; op++)
		series += ops[op].name ? SERIES_OF_CALL : 0;
	for (size_t i = 0; rule_at(i); i++)
		series += SERIES_OF_FINDING;
	return series;
}

/* The room of so many series. */
struct service_room service_room_of(size_t series)
{
	size_t taken = SERIES_OF_RUN + series_of_others();
	struct service_room r = {.is_bounded = true};

	r.left = series > taken ? series - taken : 0;
	r.kept = r.left / KEPT;
	return r;
}

/* Gives room to a service that comes. */
bool service_room_enter(struct service_room *r, size_t *spare)
{
	*spare = SERIES_SPARE;
	if (!r->is_bounded)
		return true;
	if (r->left < r->kept + SERIES_OF_REST + SERIES_SPARE)
		return false;
	r->left -= SERIES_OF_REST + SERIES_SPARE;
	return true;
}

/* Takes so many series for a service that is in. */
bool service_room_take(struct service_room *r, size_t *spare, size_t series)
{
	size_t own = series < *spare ? series : *spare;

	if (r->is_bounded && series - own > r->left)
		return false;
	*spare -= own;
	r->left -= r->is_bounded ? series - own : 0;
	return true;
}
