/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * quiet.c - see quiet.h.
 *
 * What goes in: names. What comes out: how many threads bear each of the first ones. Pure: no
 * kernel, no clock, no I/O.
 */
#include <string.h>

#include "judge/quiet.h"

/* Adds threads of that name. */
void quiet_add(struct quiet_threads *q, const char comm[COMM_LEN], unsigned int count)
{
	unsigned int i = 0;

	q->count += count;
	while (i < q->names && memcmp(q->name[i].comm, comm, COMM_LEN) != 0)
		i++;
	if (i == QUIET_NAMES_MAX)
		return;
	if (i == q->names) {
		memcpy(q->name[i].comm, comm, COMM_LEN);
		q->name[i].count = 0;
		q->names++;
	}
	q->name[i].count += count;
}

/* Adds those of another task. */
void quiet_join(struct quiet_threads *to, const struct quiet_threads *from)
{
	unsigned int named = 0;

	for (unsigned int i = 0; i < from->names; i++) {
		quiet_add(to, from->name[i].comm, from->name[i].count);
		named += from->name[i].count;
	}
	to->count += from->count - named;
}
