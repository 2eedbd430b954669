/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * share_bar.c - see share_bar.h.
 *
 * What goes in: parts of a time. What comes out: as many signs.
 */
#include "sinks/share_bar.h"

_Static_assert(3 * SHARE_CELLS_MAX < CELL_MAX, "a sign is three bytes of UTF-8 at most");
_Static_assert((int)SHARE_CELLS_MAX <= (int)CELL_WIDTH_MAX, "a cell has room for a bar");

/* The sign of a phase. */
const char *share_sign(enum phase phase, bool utf8)
{
	static const char *const blocks[PHASES] = {
		[PHASE_WAIT] = "░", [PHASE_RUNQ] = "▒", [PHASE_CPU] = "▓", [PHASE_COPY] = "█"};
	static const char *const letters[PHASES] = {
		[PHASE_WAIT] = ".", [PHASE_RUNQ] = "-", [PHASE_CPU] = "#", [PHASE_COPY] = "="};

	return (utf8 ? blocks : letters)[phase];
}

/* Tells the cells out to the parts: none gets more than one too many or too few. */
static void tell_out(const uint64_t part[PHASES], double whole, unsigned int cells,
		     unsigned int told[PHASES])
{
	unsigned int left = cells;
	double rest[PHASES];

	for (unsigned int p = 0; p < PHASES; p++) {
		double share = (double)part[p] / whole * cells;

		told[p] = (unsigned int)share;
		rest[p] = share - told[p];
		left -= told[p] < left ? told[p] : left;
	}
	for (; left; left--) {
		unsigned int most = 0;

		for (unsigned int p = 1; p < PHASES; p++)
			if (rest[p] > rest[most])
				most = p;
		told[most]++;
		rest[most] = -1;
	}
}

/* A bar of the shares that the parts have of their sum. */
struct cell share_bar(const uint64_t part[PHASES], unsigned int cells, bool utf8)
{
	unsigned int told[PHASES];
	struct cell c = {""};
	char *to = c.s, *end = c.s + sizeof(c.s);
	double whole = 0;

	for (unsigned int p = 0; p < PHASES; p++)
		whole += (double)part[p];
	if (!(whole > 0))
		return c;
	tell_out(part, whole, cells < SHARE_CELLS_MAX ? cells : SHARE_CELLS_MAX, told);
	for (unsigned int p = 0; p < PHASES; p++)
		for (unsigned int i = 0; i < told[p]; i++)
			to += snprintf(to, (size_t)(end - to), "%s",
				       share_sign((enum phase)p, utf8));
	return c;
}
