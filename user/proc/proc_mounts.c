/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_mounts.c - see proc_mounts.h.
 *
 * What goes in: our own /proc/self/mounts. What comes out: the length of a mount point.
 */
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>

#include "proc/proc_file.h"
#include "proc/proc_mounts.h"

/* Whether a path leads to a place, or below it. */
static bool is_below(const char *path, const char *place, size_t length)
{
	return !strncmp(path, place, length) && (!path[length] || path[length] == '/');
}

/* How much of a path is the place that cgroups are mounted at: the longest such one. */
size_t proc_cgroup_mount(const char *path)
{
	const struct mntent *mount;
	char file[PATH_MAX];
	size_t longest = 0;
	FILE *mounts;

	proc_path(file, "self/mounts");
	mounts = setmntent(file, "re");
	if (!mounts)
		return 0;
	while ((mount = getmntent(mounts))) {
		size_t length = strlen(mount->mnt_dir);

		if (strncmp(mount->mnt_type, "cgroup", strlen("cgroup")) || length <= longest)
			continue;
		if (is_below(path, mount->mnt_dir, length))
			longest = length;
	}
	endmntent(mounts);
	return longest;
}
