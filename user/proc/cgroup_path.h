/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup_path.h - the lines of /proc/PID/cgroup, and the parts of the paths in them.
 */
#ifndef IOPHASE_CGROUP_PATH_H
#define IOPHASE_CGROUP_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "proc/proc_file.h"

/* A stretch of a text. */
struct stretch {
	const char *s;
	size_t length;
};

/* Takes the next part between slashes from the rest of a path; false: there is none. */
bool cgroup_next_part(struct stretch *rest, struct stretch *part);

/* Takes the next line from the rest of a text; false: there is none. */
bool cgroup_next_line(const char **text, struct stretch *line);

/* Reads /proc/PID/cgroup. Returns its length or -errno. */
int proc_cgroup(pid_t pid, char text[PROC_TEXT_MAX]);

#endif
