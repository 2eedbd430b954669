/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup_path.c - see cgroup_path.h.
 *
 * What goes in: a pid, or the text of its /proc/PID/cgroup. What comes out: lines, and parts of
 * paths.
 */
#include <limits.h>
#include <string.h>

#include "proc/cgroup_path.h"

/* Takes what there is up to a character, which is taken too, or up to the end. */
static struct stretch take_to(struct stretch *rest, char end)
{
	const char *at = memchr(rest->s, end, rest->length);
	struct stretch taken = {rest->s, at ? (size_t)(at - rest->s) : rest->length};
	size_t gone = taken.length + (at ? 1 : 0);

	rest->s += gone;
	rest->length -= gone;
	return taken;
}

/* Takes the next part of a path. */
bool cgroup_next_part(struct stretch *rest, struct stretch *part)
{
	if (!rest->length)
		return false;
	*part = take_to(rest, '/');
	return true;
}

/* Takes the next line of a text. */
bool cgroup_next_line(const char **text, struct stretch *line)
{
	struct stretch rest = {*text, strlen(*text)};

	if (!rest.length)
		return false;
	*line = take_to(&rest, '\n');
	*text = rest.s;
	return true;
}

/* Reads /proc/PID/cgroup. */
int proc_cgroup(pid_t pid, char text[PROC_TEXT_MAX])
{
	char path[PATH_MAX];

	proc_path(path, "%d/cgroup", pid);
	return proc_read(path, text);
}
