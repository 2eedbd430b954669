/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unit.h - of which unit of systemd a process is, as the paths of its cgroups tell.
 */
#ifndef IOPHASE_PROC_UNIT_H
#define IOPHASE_PROC_UNIT_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	UNIT_LEN = 255 + 1, /* of systemd's names, and a zero */
};

/*
 * The innermost service or scope that a path of a cgroup names; false if it names none, and then
 * the unit is as it was.
 */
bool unit_of_path(const char *cgroup_path, char unit[UNIT_LEN]);

/* The same of the text of /proc/PID/cgroup: of systemd's own hierarchy, or of v2. */
bool unit_of_text(const char *text, char unit[UNIT_LEN]);

/* The unit that a process is of, "" if of none. Returns 0 or -errno. */
int proc_unit(pid_t pid, char unit[UNIT_LEN]);

#endif
