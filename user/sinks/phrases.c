/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * phrases.c - see phrases.h.
 *
 * What goes in: decisions. What comes out: words.
 */
#include <stdio.h>

#include "base/fmt.h"
#include "sinks/phrases.h"

/* A number and its noun. */
struct phrase number_of(uint64_t n, const char *noun)
{
	struct phrase p;

	snprintf(p.s, sizeof(p.s), "%.12s %.20s%s", fmt_count(n, ROOM_FULL).s, noun,
		 n == 1 ? "" : "s");
	return p;
}

/* How many of a blocking task's reads came after a select or poll of just their descriptor. */
struct phrase phrase_after_one(const struct model_decision *m)
{
	bool accepts = m->basis == BASIS_ACCEPTS;
	const char *call = !m->after_select ? "poll" : !m->after_poll ? "select" : "select or poll";
	struct phrase p = {""};

	if (m->model->way == WAY_BLOCKING && m->after_select + m->after_poll)
		snprintf(p.s, sizeof(p.s), "; %s of one descriptor, then %s: %s", call,
			 accepts ? "accept" : "read",
			 fmt_count(m->after_select + m->after_poll, ROOM_FULL).s);
	return p;
}

/* What is counted for a model that rests on calls. */
const char *noun_of(enum model_basis basis)
{
	return basis == BASIS_READS ? "read" : basis == BASIS_ACCEPTS ? "accept" : "write";
}

/* What a model rests on that has little to rest on. */
struct phrase phrase_little(const struct model_decision *m)
{
	struct phrase p = {""};

	if (!m->little)
		return p;
	if (m->basis != BASIS_TIME)
		return number_of(m->count, noun_of(m->basis));
	snprintf(p.s, sizeof(p.s), "%s of the time", fmt_percent(m->ns, m->wall, ROOM_FULL).s);
	return p;
}
