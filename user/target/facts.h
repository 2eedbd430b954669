/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.h - what selectors ask about a process, each looked up at its first use.
 */
#ifndef IOPHASE_FACTS_H
#define IOPHASE_FACTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/types.h"
#include "proc/container.h"
#include "proc/proc_file.h"

/* Of one process; to be started by facts_begin(). What cannot be read is empty: nothing matches it.
 */
struct facts {
	pid_t pid;
	bool denied; /* something that was asked we may not look at */
	bool has_comm, has_exe, has_user, has_cgroups, has_container;
	char comm[COMM_LEN];
	char exe[PATH_MAX];
	long user; /* effective; -1: not known */
	char cgroups[PROC_TEXT_MAX];
	char container[CONTAINER_ID_LEN];
};

void facts_begin(struct facts *f, pid_t pid);

/* Those of a process that is gone, of which only the name is known. */
void facts_of_gone(struct facts *f, const char *comm);

/* Its name, as it gave it to its first thread; ends in a zero. */
const char *facts_comm(struct facts *f);

/* The path of its program, also of one that was deleted or replaced since. */
const char *facts_exe(struct facts *f);

/* Its effective user, -1: not known. */
long facts_user(struct facts *f);

/* Its cgroups, as /proc/PID/cgroup has them: a line for each hierarchy. */
const char *facts_cgroups(struct facts *f);

/* The id of its container, "": in none. */
const char *facts_container(struct facts *f);

/* Whether it waits for clients at a port, and whether it has a socket at all. */
bool facts_waits_at(struct facts *f, uint16_t port);
bool facts_has_sockets(struct facts *f);

#endif
