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
#include "base/now.h"
#include "base/search.h"
#include "base/xalloc.h"
#include "proc/proc_ports.h"
#include "target/facts.h"

/* Those that are known are looked up again: so often, but so that it takes 0.1 % of a CPU at most.
 */
#define AGAIN_EVERY (10 * NSEC_PER_SEC)
#define AGAIN_SHARE 1000

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

/* Whether a process of a window lives, so that it can be looked up. */
static bool lives(const struct task_sums *process)
{
	return process->pid && (!process->exited || process->left);
}

/* Whether what is known is of a process before that pid. */
static bool is_before(const void *of, const void *pid)
{
	return ((const struct whose_of *)of)->pid < *(const pid_t *)pid;
}

/* What is known of a process that is still the same program; NULL: nothing. */
static const struct whose_of *find(const struct whose_known *known, const struct task_sums *process)
{
	size_t place =
		search_place(known->of, known->count, sizeof(*known->of), &process->pid, is_before);
	const struct whose_of *of;

	if (place == known->count)
		return NULL;
	of = &known->of[place];
	return of->pid == process->pid && !memcmp(of->comm, process->comm, COMM_LEN) ? of : NULL;
}

/* Keeps what is known of those that live, and nothing of others. */
static void keep(struct whose_known *known, const struct window *w)
{
	known->of = xrealloc(known->of, w->processes.count + 1, sizeof(*known->of));
	known->count = 0;
	/* A window has them in the order of pid. */
	for (size_t i = 0; i < w->processes.count; i++) {
		const struct task_sums *process = w->processes.task[i];
		struct whose_of *of = &known->of[known->count];

		if (!lives(process))
			continue;
		*of = (struct whose_of){.pid = process->pid, .whose = process->whose};
		memcpy(of->comm, process->comm, COMM_LEN);
		known->count++;
	}
}

/* Looks up those of a window that live, but whom something is known of. */
static void look_up_all(struct window *w, const struct whose_known *known)
{
	struct port_table ports = {0};
	struct users users = {0};

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < w->processes.count; i++) {
			struct task_sums *process = w->processes.task[i];
			const struct whose_of *of = known ? find(known, process) : NULL;

			if (!lives(process))
				continue;
			/* All namespaces first: a socket may have been made in another one. */
			if (of)
				process->whose = of->whose;
			else if (!round)
				(void)port_table_add(&ports, process->pid);
			else
				look_up(process, &ports, &users);
		}
	}
	port_table_clear(&ports);
	free(users.known);
}

/* Looks up user and ports of the processes of a window that live. */
void whose_look_up(struct window *w, struct whose_known *known)
{
	uint64_t began = now_ns(), took;
	bool all = !known || began >= known->next;

	look_up_all(w, all ? NULL : known);
	if (!known)
		return;
	keep(known, w);
	took = (now_ns() - began) * AGAIN_SHARE;
	if (all)
		known->next = began + (took > AGAIN_EVERY ? took : AGAIN_EVERY);
}

void whose_clear(struct whose_known *known)
{
	free(known->of);
	*known = (struct whose_known){0};
}
