/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.c - see facts.h.
 *
 * What goes in: /proc of a process. What comes out: strings and numbers.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_net.h"
#include "proc/proc_view.h"
#include "target/facts.h"

/* What the kernel puts behind the path of a program that is gone. */
#define DELETED " (deleted)"

void facts_begin(struct facts *f, pid_t pid)
{
	f->pid = pid;
	f->denied = false;
	f->has_comm = f->has_exe = f->has_user = f->has_cgroups = f->has_container = false;
}

/* Of one that is gone its name is known, and nothing else. */
void facts_of_gone(struct facts *f, const char *comm)
{
	facts_begin(f, 0);
	f->has_comm = f->has_exe = f->has_user = f->has_cgroups = f->has_container = true;
	f->comm[0] = f->exe[0] = f->cgroups[0] = f->container[0] = '\0';
	strncat(f->comm, comm, sizeof(f->comm) - 1);
	f->user = -1;
}

/* Its name. */
const char *facts_comm(struct facts *f)
{
	int err;

	if (f->has_comm)
		return f->comm;
	f->has_comm = true;
	err = proc_comm(f->pid, f->pid, f->comm);
	f->denied |= proc_is_denial(err);
	if (err)
		f->comm[0] = '\0';
	return f->comm;
}

/* Takes an end off a string, if it has it. */
static void take_off(char *text, const char *end)
{
	size_t length = strlen(text), known = strlen(end);

	if (length > known && !strcmp(text + length - known, end))
		text[length - known] = '\0';
}

/* The path of its program. */
const char *facts_exe(struct facts *f)
{
	char path[PATH_MAX];
	ssize_t length;

	if (f->has_exe)
		return f->exe;
	f->has_exe = true;
	proc_path(path, "%d/exe", f->pid);
	length = readlink(path, f->exe, sizeof(f->exe) - 1);
	/* The kernel's own threads have none either. */
	if (length < 0 && errno == ENOENT) {
		proc_path(path, "%d/exe", proc_speaker(f->pid));
		length = readlink(path, f->exe, sizeof(f->exe) - 1);
	}
	f->denied |= length < 0 && proc_is_denial(-errno);
	f->exe[length > 0 ? length : 0] = '\0';
	take_off(f->exe, DELETED);
	return f->exe;
}

/* Its effective user. */
long facts_user(struct facts *f)
{
	char path[PATH_MAX], text[PROC_TEXT_MAX];
	uid_t user;
	int length;

	if (f->has_user)
		return f->user;
	f->has_user = true;
	f->user = -1;
	proc_path(path, "%d/status", f->pid);
	length = proc_read(path, text);
	f->denied |= proc_is_denial(length);
	if (length > 0 && !proc_text_user(text, &user))
		f->user = (long)user;
	return f->user;
}

/* Its cgroups. */
const char *facts_cgroups(struct facts *f)
{
	char path[PATH_MAX];
	int length;

	if (f->has_cgroups)
		return f->cgroups;
	f->has_cgroups = true;
	proc_path(path, "%d/cgroup", f->pid);
	length = proc_read(path, f->cgroups);
	f->denied |= proc_is_denial(length);
	if (length < 0)
		f->cgroups[0] = '\0';
	return f->cgroups;
}

/* The id of its container. */
const char *facts_container(struct facts *f)
{
	if (f->has_container)
		return f->container;
	f->has_container = true;
	if (!container_id_of_text(facts_cgroups(f), f->container))
		f->container[0] = '\0';
	return f->container;
}

/* Whether it waits for clients at a port. */
bool facts_waits_at(struct facts *f, uint16_t port)
{
	struct socket_list sockets = {0};
	bool waits;

	/* Most processes have none, and the table of a machine's may be long. */
	if (!facts_has_sockets(f))
		return false;
	waits = !proc_net_waiting(f->pid, port, &sockets) && proc_has_socket(f->pid, &sockets) > 0;
	socket_list_clear(&sockets);
	return waits;
}

/* Whether it has a socket. */
bool facts_has_sockets(struct facts *f)
{
	int got = proc_has_sockets(f->pid);

	/* With CAP_DAC_READ_SEARCH alone the descriptors are listed, and not what they are. */
	f->denied |= proc_is_denial(got) || (!got && !proc_may_look(f->pid));
	return got > 0;
}
