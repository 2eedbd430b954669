/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * room.c - see room.h.
 *
 * What goes in: how many entries a pool has, and how many of them were taken. What comes out: how
 * many it is to have. A pool doubles while it is small, so that it keeps up with a program that
 * starts thousands of threads at once; later it grows by a number that its list of free entries
 * has room for.
 */
#include "kernel/room.h"
#include "base/types.h"

enum {
	FIRST_MIN = 2, /* spares that a pool begins with at least, */
	STEP_MIN = 3,  /* by which it grows at least, */
	STEP_MAX = 8,  /* and at most */
	FIRST_SHARE = 4,
};

/* The smaller one. */
static uint32_t at_most(uint64_t n, uint32_t max)
{
	return n < max ? (uint32_t)n : max;
}

/* What a pool begins with: a quarter more than is needed, but at least two spares. */
uint32_t room_first(const struct room_rule *rule, uint64_t needed)
{
	uint64_t more = needed / FIRST_SHARE;

	if (more < (uint64_t)FIRST_MIN * rule->spare)
		more = (uint64_t)FIRST_MIN * rule->spare;
	return at_most(needed + more, rule->max);
}

/* What a pool is to have. */
uint32_t room_next(const struct room_rule *rule, uint32_t taken, uint32_t given)
{
	uint64_t more = taken;

	if (given >= rule->max || given - taken > rule->spare)
		return given;
	if (more < (uint64_t)STEP_MIN * rule->spare)
		more = (uint64_t)STEP_MIN * rule->spare;
	if (more > (uint64_t)STEP_MAX * rule->spare)
		more = (uint64_t)STEP_MAX * rule->spare;
	return at_most(taken + more, rule->max);
}

/* The index with which a pool runs low. */
uint32_t room_low(const struct room_rule *rule, uint32_t given)
{
	if (given >= rule->max)
		return 0;
	return given > rule->spare ? given - rule->spare : 1;
}

/* The most that are free at a time. */
uint32_t room_free_most(const struct room_rule *rule, uint32_t first, uint32_t per_segment)
{
	uint64_t grown = (uint64_t)STEP_MAX * rule->spare + per_segment;

	return at_most(grown > first ? grown : (uint64_t)first + per_segment, rule->max);
}
