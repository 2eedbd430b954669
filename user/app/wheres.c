/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * wheres.c - see wheres.h.
 *
 * What goes in: pids, and /proc. What comes out: containers, pids inside, names of services. What
 * cannot be read is left as it was known, or empty.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/wheres.h"
#include "base/search.h"
#include "base/xalloc.h"
#include "proc/container.h"
#include "proc/proc.h"
#include "proc/proc_file.h"
#include "proc/unit.h"

_Static_assert(WHERE_ID_LEN == CONTAINER_ID_LEN - 1, "an id as it is found fits");

/* The path of the program that a process runs; "" if that cannot be seen. */
static void look_at_exe(pid_t pid, char exe[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t length;

	proc_path(path, "%d/exe", pid);
	length = readlink(path, exe, PATH_MAX - 1);
	exe[length > 0 ? length : 0] = '\0';
}

/* The service that a process is of by the label, in that container; NULL: none. */
static char *look_at_service(pid_t pid, enum service_label label, const char *container)
{
	char exe[PATH_MAX] = "", unit[UNIT_LEN] = "", name[SERVICE_NAME_LEN];
	const struct service_facts facts = {exe, container, unit};

	if (label == LABEL_EXE)
		look_at_exe(pid, exe);
	if (label == LABEL_UNIT && proc_unit(pid, unit))
		unit[0] = '\0';
	service_name(label, &facts, name);
	return name[0] ? xstrdup(name) : NULL;
}

/* Looks up where a process is now. */
static void look(struct where_of *of, enum service_label label)
{
	/* As long as it is there, nobody else has its number. */
	int fd = proc_stat_open(of->pid, of->pid), no_id, no_pid;
	char id[CONTAINER_ID_LEN] = "", *service;
	struct proc_stat stat;
	pid_t inside;
	bool there;

	if (fd < 0)
		return;
	no_id = proc_container(of->pid, id);
	no_pid = proc_inside(of->pid, &inside);
	service = look_at_service(of->pid, label, id);
	/* Of one that is dying, cgroups of v1 say that it is in none. */
	there = !proc_stat_read(fd, &stat) && !stat.dead && !stat.exiting;
	close(fd);
	if (!there) {
		free(service);
		return;
	}
	if (!of->known || of->start != stat.start)
		of->where = (struct where){0};
	free(of->service);
	of->service = service;
	of->renamed = false;
	of->known = true;
	of->start = stat.start;
	if (!no_id)
		memcpy(of->where.container, id, WHERE_ID_LEN);
	if (!no_pid)
		of->where.inside = inside;
}

/* Whether a process comes before that pid. */
static bool is_before(const void *of, const void *pid)
{
	return ((const struct where_of *)of)->pid < *(const pid_t *)pid;
}

/* The first of those known whose pid is not below. */
static size_t place_of(const struct wheres *w, pid_t pid)
{
	return search_place(w->of, w->count, sizeof(*w->of), &pid, is_before);
}

/* Looks up a process that is taken in. */
void wheres_look(struct wheres *w, pid_t pid)
{
	size_t at = place_of(w, pid);

	if (at == w->count || w->of[at].pid != pid) {
		if (w->count == w->room) {
			w->room = w->room ? 2 * w->room : 16;
			w->of = xrealloc(w->of, w->room, sizeof(*w->of));
		}
		memmove(&w->of[at + 1], &w->of[at], (w->count - at) * sizeof(*w->of));
		w->of[at] = (struct where_of){.pid = pid};
		w->count++;
	}
	look(&w->of[at], w->label);
}

/* Has the list be that of the processes of a snapshot, with what is known of them. */
static void take_over(struct wheres *w, const struct task_list *processes)
{
	struct wheres now = {.room = processes->count + 1,
			     .next = w->next,
			     .again = w->again,
			     .label = w->label};
	size_t known = 0;

	now.of = xcalloc(now.room, sizeof(*now.of));
	for (size_t i = 0; i < processes->count; i++) {
		const struct task_sums *process = processes->task[i];
		struct where_of *of = &now.of[now.count];

		/* Under pid 0 all are summed that there was no room for. */
		if (!process->pid)
			continue;
		while (known < w->count && w->of[known].pid < process->pid)
			known++;
		of->pid = process->pid;
		if (known < w->count && w->of[known].pid == process->pid) {
			*of = w->of[known];
			w->of[known].service = NULL;
		}
		/* One that has ended and is not any more is another one of that number. */
		of->known &= !of->ended || process->exited;
		of->ended = process->exited;
		of->fresh = false;
		of->renamed |= of->known && memcmp(of->comm, process->comm, COMM_LEN);
		memcpy(of->comm, process->comm, COMM_LEN);
		now.count++;
	}
	wheres_clear(w);
	*w = now;
}

/* Looks up the new processes of a snapshot, and some of the others again. */
void wheres_renew(struct wheres *w, const struct task_list *processes)
{
	take_over(w, processes);
	for (size_t i = 0; i < w->count; i++) {
		struct where_of *of = &w->of[i];

		/* The number of one that has ended may be somebody else's. */
		if (of->known || of->ended)
			continue;
		look(of, w->label);
		of->fresh = true;
	}
	for (size_t i = 0; i < w->count && i < (w->again ? w->again : WHERES_AGAIN); i++) {
		struct where_of *of = &w->of[w->next++ % w->count];

		if (!of->fresh && !of->ended)
			look(of, w->label);
	}
	/* Who becomes another program, or a service's from its manager's, has another name then. */
	for (size_t i = 0; i < w->count; i++)
		if (w->of[i].renamed && !w->of[i].ended)
			look(&w->of[i], w->label);
	w->next = w->count ? w->next % w->count : 0;
}

/* Tells the processes of a window where they are. */
void wheres_tell(const struct wheres *w, struct task_list *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		struct task_sums *process = processes->task[i];
		size_t at = place_of(w, process->pid);

		if (at < w->count && w->of[at].pid == process->pid)
			process->where = w->of[at].where;
	}
}

/* What is known of a process, or NULL. */
static const struct where_of *find(const struct wheres *w, pid_t pid)
{
	size_t at = place_of(w, pid);

	return at < w->count && w->of[at].pid == pid && w->of[at].known ? &w->of[at] : NULL;
}

/* The service that a process of a window is of by the label. */
const char *wheres_service(const struct wheres *w, const struct task_sums *process)
{
	const struct where_of *of = find(w, process->pid);

	if (!of) {
		of = find(w, process->evidence.parent);
		if (of && memcmp(of->comm, process->comm, COMM_LEN))
			of = NULL;
	}
	return of ? of->service : NULL;
}

void wheres_clear(struct wheres *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->of[i].service);
	free(w->of);
	*w = (struct wheres){0};
}
