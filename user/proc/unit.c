/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unit.c - see unit.h.
 *
 * What goes in: paths of cgroups. What comes out: names of units, as systemctl has them: \x2d and
 * its kind belong to a name. A path is slices, then the unit, then what the unit made itself; a
 * manager of a user, or of a container, has units of its own below its unit, so the last is meant.
 */
#include <string.h>

#include "base/types.h"
#include "proc/cgroup_path.h"
#include "proc/unit.h"

/* A cgroup that is gone has this behind all. */
static const char gone[] = " (deleted)";

/* Whether a name of that length ends so, and has something before it. */
static bool ends_in(const char *name, size_t length, const char *end)
{
	size_t part = strlen(end);

	return length > part && !memcmp(name + length - part, end, part);
}

/* Whether a part of a path is a unit; *name is then its name. */
static bool is_unit(struct stretch part, struct stretch *name)
{
	/* systemd puts it before a name that the kernel has a file of (cgroup.service) or that
	 * begins with it. */
	if (part.length && *part.s == '_') {
		part.s++;
		part.length--;
	}
	if (part.length >= UNIT_LEN ||
	    (!ends_in(part.s, part.length, ".service") && !ends_in(part.s, part.length, ".scope")))
		return false;
	*name = part;
	return true;
}

/* The same as unit_of_path(). */
static bool of_path(struct stretch path, char unit[UNIT_LEN])
{
	struct stretch part, name = {NULL, 0};

	if (ends_in(path.s, path.length, gone))
		path.length -= strlen(gone);
	while (cgroup_next_part(&path, &part))
		(void)is_unit(part, &name);
	if (!name.s)
		return false;
	memcpy(unit, name.s, name.length);
	unit[name.length] = '\0';
	return true;
}

/* The innermost service or scope that a path names. */
bool unit_of_path(const char *cgroup_path, char unit[UNIT_LEN])
{
	return of_path((struct stretch){cgroup_path, strlen(cgroup_path)}, unit);
}

/* The path in a line of a hierarchy in which systemd keeps its units; nothing in others. */
static struct stretch path_in_line(struct stretch line)
{
	static const char *const hierarchies[] = {"::", ":name=systemd:"};
	const char *colon = memchr(line.s, ':', line.length);
	size_t left = colon ? line.length - (size_t)(colon - line.s) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		size_t length = strlen(hierarchies[i]);

		if (left >= length && !memcmp(colon, hierarchies[i], length))
			return (struct stretch){colon + length, left - length};
	}
	return (struct stretch){line.s, 0};
}

/* The unit in the text of /proc/PID/cgroup. */
bool unit_of_text(const char *text, char unit[UNIT_LEN])
{
	struct stretch line;

	while (cgroup_next_line(&text, &line))
		if (of_path(path_in_line(line), unit))
			return true;
	return false;
}

/* The unit that a process is of. */
int proc_unit(pid_t pid, char unit[UNIT_LEN])
{
	char text[PROC_TEXT_MAX];
	int length = proc_cgroup(pid, text);

	if (length < 0)
		return length;
	if (!unit_of_text(text, unit))
		unit[0] = '\0';
	return 0;
}
