/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unit.c - see unit.h.
 *
 * What goes in: paths of cgroups. What comes out: names of units, as systemctl has them: \x2d and
 * its kind belong to a name. A path is slices, then the unit, then what the unit made itself; a
 * manager of a user, or of a container, has units of its own below its unit, so the last is meant.
 */
#include <limits.h>
#include <string.h>

#include "base/types.h"
#include "proc/proc_file.h"
#include "proc/unit.h"

/* A cgroup that is gone has this behind all. */
static const char gone[] = " (deleted)";

/* Whether a name of that length ends so, and has something before it. */
static bool ends_in(const char *name, size_t length, const char *end)
{
	size_t part = strlen(end);

	return length > part && !memcmp(name + length - part, end, part);
}

/* The name of the unit that a part of a path is, of *length bytes; NULL if it is none. */
static const char *unit_in_part(const char *part, size_t *length)
{
	/* systemd puts it before a name that the kernel has a file of (cgroup.service) or that
	 * begins with it. */
	if (*length && *part == '_') {
		part++;
		--*length;
	}
	if (*length >= UNIT_LEN ||
	    (!ends_in(part, *length, ".service") && !ends_in(part, *length, ".scope")))
		return NULL;
	return part;
}

/* The same as unit_of_path(), of a path of that length. */
static bool of_path(const char *path, size_t length, char unit[UNIT_LEN])
{
	const char *part = path, *end, *found = NULL;
	size_t found_length = 0;

	if (ends_in(path, length, gone))
		length -= strlen(gone);
	end = path + length;
	while (part < end) {
		const char *slash = memchr(part, '/', (size_t)(end - part));
		size_t part_length = (size_t)((slash ? slash : end) - part);
		size_t name_length = part_length;
		const char *name = unit_in_part(part, &name_length);

		if (name) {
			found = name;
			found_length = name_length;
		}
		part += part_length + 1;
	}
	if (!found)
		return false;
	memcpy(unit, found, found_length);
	unit[found_length] = '\0';
	return true;
}

/* The innermost service or scope that a path names. */
bool unit_of_path(const char *cgroup_path, char unit[UNIT_LEN])
{
	return of_path(cgroup_path, strlen(cgroup_path), unit);
}

/* The path in a line of a hierarchy in which systemd keeps its units, or NULL. */
static const char *path_in_line(const char *line, const char *end)
{
	static const char *const hierarchies[] = {"::", ":name=systemd:"};
	const char *colon = memchr(line, ':', (size_t)(end - line));

	for (size_t i = 0; colon && i < ARRAY_SIZE(hierarchies); i++) {
		size_t length = strlen(hierarchies[i]);

		if ((size_t)(end - colon) >= length && !memcmp(colon, hierarchies[i], length))
			return colon + length;
	}
	return NULL;
}

/* The unit in the text of /proc/PID/cgroup. */
bool unit_of_text(const char *text, char unit[UNIT_LEN])
{
	while (*text) {
		const char *end = text + strcspn(text, "\n");
		const char *path = path_in_line(text, end);

		if (path && of_path(path, (size_t)(end - path), unit))
			return true;
		text = *end ? end + 1 : end;
	}
	return false;
}

/* The unit that a process is of. */
int proc_unit(pid_t pid, char unit[UNIT_LEN])
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	int length;

	proc_path(path, "%d/cgroup", pid);
	length = proc_read(path, text);
	if (length < 0)
		return length;
	if (!unit_of_text(text, unit))
		unit[0] = '\0';
	return 0;
}
