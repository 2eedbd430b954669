/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * whose.c - see whose.h.
 *
 * What goes in: a window, /proc, and the names of users. What comes out: `whose` of its processes.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/whose.h"
#include "base/xalloc.h"
#include "proc/proc_ports.h"
#include "target/facts.h"

/* Names of users that were looked up; a look may ask another machine. */
struct users {
	struct user_name {
		long user;
		char name[USER_LEN];
	} * known;
	size_t count;
};

/* The name of a user, or the number where there is none that has room. */
static const char *name_of(struct users *users, long user)
{
	const struct passwd *entry;
	struct user_name *u;

	for (size_t i = 0; i < users->count; i++)
		if (users->known[i].user == user)
			return users->known[i].name;
	users->known = xrealloc(users->known, users->count + 1, sizeof(*users->known));
	u = &users->known[users->count++];
	u->user = user;
	entry = getpwuid((uid_t)user);
	if (entry && *entry->pw_name && strlen(entry->pw_name) < USER_LEN)
		snprintf(u->name, sizeof(u->name), "%s", entry->pw_name);
	else
		snprintf(u->name, sizeof(u->name), "%ld", user);
	return u->name;
}

/* Looks up one process. */
static void look_up(struct task_sums *process, struct port_table *ports, struct users *users)
{
	struct facts facts;
	long user;

	facts_begin(&facts, process->pid);
	user = facts_user(&facts);
	if (user >= 0)
		snprintf(process->whose.user, USER_LEN, "%s", name_of(users, user));
	/* Of a namespace that could not be read nothing is known, rather than nothing there. */
	if (!port_table_add(ports, process->pid))
		(void)port_table_find(ports, process->pid, process->whose.ports);
}

/* Looks up user and ports of the processes of a window that live. */
void whose_look_up(struct window *w)
{
	struct port_table ports = {0};
	struct users users = {0};

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < w->processes.count; i++) {
			struct task_sums *process = w->processes.task[i];

			if (!process->pid || (process->exited && !process->left))
				continue;
			/* All namespaces first: a socket may have been made in another one. */
			if (!round)
				(void)port_table_add(&ports, process->pid);
			else
				look_up(process, &ports, &users);
		}
	}
	port_table_clear(&ports);
	free(users.known);
}
