/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_where.c - see text_where.h.
 *
 * What goes in: a task of a report. What comes out: its pids and its container, which in a
 * recording may be any bytes.
 */
#include <string.h>

#include "sinks/text_where.h"

/* A container's id as its engine prints it, any bytes made safe. */
struct short_id {
	char s[4 * WHERE_SHORT_LEN + 1];
};

static struct short_id short_id(const struct where *where, const struct style *style)
{
	struct short_id id;

	fmt_escaped(id.s, where->container, strnlen(where->container, WHERE_SHORT_LEN),
		    style->utf8);
	return id;
}

/* Adds the pid of a process: here, and where it differs, inside of its container. */
void text_add_pid(struct line *l, const struct report_task *t, const struct style *style)
{
	const struct where *where = &t->where;
	bool contained = *where->container && !t->processes;

	line_add(l, " ", "(pid %d%s", t->pid, contained || where->inside ? "," : ")");
	if (contained)
		line_add(l, " ", "container %s%s", short_id(where, style).s,
			 where->inside ? "," : ")");
	if (where->inside)
		line_add(l, " ", "pid %d %s)", where->inside,
			 contained ? "inside" : "in its namespace");
}

/* Adds the container that all processes of a sum are in. */
void text_add_common_place(struct line *l, const struct report_task *t, const struct style *style)
{
	if (*t->where.container && t->processes)
		line_add(l, ", ", "%sin container %s", t->is_total ? "" : "all ",
			 short_id(&t->where, style).s);
}
