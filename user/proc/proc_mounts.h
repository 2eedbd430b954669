/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_mounts.h - where cgroups are mounted.
 */
#ifndef IOPHASE_PROC_MOUNTS_H
#define IOPHASE_PROC_MOUNTS_H

#include <stddef.h>

/*
 * How much of a path is the place that cgroups are mounted at, v1 or v2, wherever that is: what
 * follows is the path of the cgroup itself. 0: none of it.
 */
size_t proc_cgroup_mount(const char *path);

#endif
