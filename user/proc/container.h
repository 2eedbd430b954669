/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * container.h - in which container a process is, as the paths of its cgroups tell.
 */
#ifndef IOPHASE_CONTAINER_H
#define IOPHASE_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	CONTAINER_ID_LEN = 64 + 1,    /* as the engines make it, and a zero */
	CONTAINER_SHORT_LEN = 12 + 1, /* as `docker ps` and its kin print it */
};

/*
 * The id of the innermost container that a path of a cgroup names, as Docker, containerd, Podman,
 * CRI-O and Kubernetes make such paths; false if it names none, and then the id is as it was.
 */
bool container_id_of_path(const char *cgroup_path, char id[CONTAINER_ID_LEN]);

/*
 * The same of the text of /proc/PID/cgroup, a line for each hierarchy (v1, v2, or both): the first
 * line that names one.
 */
bool container_id_of_text(const char *text, char id[CONTAINER_ID_LEN]);

/* The container that a process is in, "" if in none that can be told. Returns 0 or -errno. */
int proc_container(pid_t pid, char id[CONTAINER_ID_LEN]);

#endif
