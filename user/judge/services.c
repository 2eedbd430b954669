/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * services.c - see services.h.
 *
 * What goes in: reports, and the windows that they were made of. What comes out: sums by service.
 * Pure: no kernel, no clock, no I/O.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "books/snapshot.h"
#include "judge/services.h"

const char SERVICE_OTHERS[] = "(others)", SERVICE_ENDED[] = "(ended)";

/* Writes the name of a process's service: of one that has no other, its own. */
static void name_of(const struct report_task *process, char name[SERVICE_NAME_LEN])
{
	const char *own = process->service ? process->service : process->comm;
	size_t length = strnlen(own, process->service ? SERVICE_NAME_LEN - 1 : COMM_LEN);

	if (process->summed) {
		strcpy(name, SERVICE_ENDED);
		return;
	}
	memcpy(name, own, length);
	name[length] = '\0';
}

/* Whether a service comes before that name. */
static bool is_before(const void *service, const void *name)
{
	return strcmp((*(struct service *const *)service)->name, name) < 0;
}

/* Where the service of a name is, or belongs. */
static size_t place_of(const struct services *all, const char *name)
{
	return search_place(all->service, all->count, sizeof(struct service *), name, is_before);
}

/* Whether it is the one that has what others have no room for. */
static bool is_others(const char *name)
{
	return !strcmp(name, SERVICE_OTHERS);
}

/* Makes a service, at its place. */
static struct service *service_new(struct services *all, size_t place, const char *name)
{
	struct service *new = xcalloc(1, sizeof(*new));

	if (all->count == all->places) {
		all->places = all->places ? 2 * all->places : 16;
		all->service = xrealloc(all->service, all->places, sizeof(struct service *));
	}
	new->name = xstrdup(name);
	memmove(&all->service[place + 1], &all->service[place],
		(all->count - place) * sizeof(struct service *));
	all->service[place] = new;
	all->count++;
	return new;
}

/* Compares two names, for tsearch(). */
static int by_name(const void *one, const void *other)
{
	return strcmp(one, other);
}

/* Counts a name for which there was no room, once. */
static void note_refused(struct services *all, const char *name)
{
	const char **known;

	if (all->refused >= REFUSED_MAX)
		return;
	known = tsearch(name, &all->refused_names, by_name);
	if (!known)
		xalloc_failed();
	if (*known != name)
		return;
	*known = xstrdup(name);
	all->refused++;
}

/* The service of a name, made if there is room; else that of the others. */
static struct service *service_get(struct services *all, const char *name)
{
	size_t place = place_of(all, name), spare = 0;
	struct service *new;

	if (place < all->count && !strcmp(all->service[place]->name, name))
		return all->service[place];
	if (!is_others(name) && !service_room_enter(&all->room, &spare)) {
		note_refused(all, name);
		return service_get(all, SERVICE_OTHERS);
	}
	new = service_new(all, place, name);
	new->spare = spare;
	return new;
}

/* Whether a service may have so many series more; if not, they are the others'. */
static bool may_have(struct services *all, struct service *s, size_t series)
{
	if (is_others(s->name) || service_room_take(&all->room, &s->spare, series))
		return true;
	all->overflowed += !s->overflowed;
	s->overflowed = true;
	return false;
}

/* A call of a service, made if there is room; else that of the others. */
static struct service_call *call_get(struct services *all, struct service *s,
				     const struct report_call *call)
{
	for (size_t i = 0; i < s->calls; i++)
		if (!strcmp(s->call[i].name, call->name))
			return &s->call[i];
	if (!may_have(all, s, SERIES_OF_CALL))
		return call_get(all, service_get(all, SERVICE_OTHERS), call);
	s->call = xrealloc(s->call, s->calls + 1, sizeof(*s->call));
	s->call[s->calls] =
		(struct service_call){.name = call->name, .is_request = call->is_request};
	return &s->call[s->calls++];
}

/* Adds what came of one call. */
static void add_call(struct service_call *c, const struct report_call *call)
{
	c->has_ended |= call->is_counted;
	for (unsigned int p = 0; p < PHASES; p++)
		c->ns[p] += call->ns[p];
	for (unsigned int i = 0; i < OUTCOMES; i++)
		c->outcome[i] += call->outcome[i];
	c->bytes += call->bytes;
}

/* Adds durations of a histogram, `count` with those that were 0, and `ns` in all. */
static void add_times(struct service_times *t, const struct hist *hist, uint64_t count, uint64_t ns)
{
	uint64_t timed = hist_count(hist);

	hist_add(&t->hist, hist);
	t->zeros += count > timed ? count - timed : 0;
	t->ns += ns;
}

/* Adds the histograms of a process. */
static void add_histograms(struct service *s, const struct report_task *process,
			   const struct task_sums *sums)
{
	const struct exchanges *e = &process->exchanges;
	const struct call_sums *response = sums->call[OP_RESPONSE];
	const struct call_sums *queueing = sums->call[OP_QUEUEING];
	const struct call_sums *asked = sums->call[OP_ASKED], *turns = sums->call[OP_LOOP];

	if (response) {
		add_times(&s->time[TIME_RESPONSE], &response->wait, e->answered,
			  e->queueing_ns + e->service_ns);
		add_times(&s->time[TIME_SERVICE], &response->busy, e->answered, e->service_ns);
	}
	if (queueing)
		add_times(&s->time[TIME_QUEUEING], &queueing->wait, queueing->outcome[OUT_OK],
			  e->queueing_ns);
	if (asked)
		add_times(&s->time[TIME_UPSTREAM], &asked->wait, e->asked, e->asked_ns);
	if (turns)
		add_times(&s->time[TIME_LAG], &turns->wait, 0, 0);
}

/* Adds what a process did in the period. */
static void add_process(struct services *all, struct service *s, const struct report_task *process,
			const struct task_sums *sums)
{
	const struct exchanges *e = &process->exchanges;

	s->processes += !process->exited && !process->summed && !process->left;
	s->threads += process->threads;
	for (size_t i = 0; i < process->calls; i++)
		add_call(call_get(all, s, &process->call[i]), &process->call[i]);
	for (unsigned int way = 0; way < WAYS; way++) {
		const struct model *model = model_of_read(way);

		if (model)
			s->reads[model - models] += sums->count[COUNT_READS + way];
	}
	s->exchanges[SIDE_SERVER] += e->answered;
	s->exchanges[SIDE_CLIENT] += e->asked;
	for (unsigned int i = 0; i < QUEUE_CAUSES; i++)
		s->cause_ns[i] += e->part[i];
	s->dropped += process->backlog.dropped;
	add_histograms(s, process, sums);
}

/* Adds what was lost. */
static void add_losses(struct services *all, const struct report *r)
{
	for (size_t i = 0; i < r->losses; i++) {
		const char *name = r->loss[i].name;
		size_t place = 0;

		while (place < all->losses && strcmp(all->loss[place].name, name))
			place++;
		if (place == all->losses) {
			all->loss = xrealloc(all->loss, all->losses + 1, sizeof(*all->loss));
			all->loss[all->losses++] = (struct service_loss){.name = name};
		}
		all->loss[place].count += r->loss[i].count;
	}
	all->joins.late += r->joins.late;
	all->joins.missed += r->joins.missed;
	all->joins.denied = r->joins.denied;
}

/* Notes that a service has a finding now; where it has no room for it, that the others have it. */
static void note_finding(struct services *all, struct service *s, const struct rule *rule)
{
	size_t i = 0;

	while (i < s->findings && s->finding[i].rule != rule)
		i++;
	if (i == s->findings && !may_have(all, s, SERIES_OF_FINDING)) {
		note_finding(all, service_get(all, SERVICE_OTHERS), rule);
		return;
	}
	if (i == s->findings) {
		s->finding = xrealloc(s->finding, s->findings + 1, sizeof(*s->finding));
		s->findings++;
	}
	s->finding[i] = (struct service_finding){rule, true};
}

/* Forgets what stood for the instant of the report before. */
static void forget_instant(struct services *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct service *s = all->service[i];

		s->processes = s->threads = 0;
		memset(s->connections, 0, sizeof(s->connections));
		for (size_t j = 0; j < s->findings; j++)
			s->finding[j].now = false;
	}
}

/* The place in the report of the process that a finding is about: of a family, of its first. */
static size_t process_of(const struct report *r, const struct finding *finding)
{
	const struct report_task *task = finding->task;

	for (size_t i = 0; i < r->families; i++)
		if (task == r->family[i].sum)
			return r->family[i].first;
	return (size_t)(task - r->process);
}

/* Counts a connection that is open. */
static void add_connection(struct service *s, const struct conn_row *row)
{
	enum side side = row->role == ROLE_SERVER ? SIDE_SERVER : SIDE_CLIENT;

	s->connections[side][row->state]++;
	s->seen[side][row->state] = true;
}

/* Adds a report. */
void services_add(struct services *all, const struct report *r)
{
	struct service **of = xcalloc(r->processes, sizeof(struct service *));
	char name[SERVICE_NAME_LEN];

	forget_instant(all);
	all->has_exchanges = r->has_exchanges;
	all->by_calls = r->by_calls;
	for (size_t i = 0; i < r->processes; i++) {
		const struct report_task *process = &r->process[i];
		const struct task_sums *sums =
			task_list_find(&r->window->processes, process->pid, 0);

		name_of(process, name);
		of[i] = service_get(all, name);
		if (sums)
			add_process(all, of[i], process, sums);
	}
	for (size_t i = 0; i < r->connections.count; i++) {
		const struct connection *c = &r->connections.connection[i];

		if (c->row.role == ROLE_SERVER || c->row.role == ROLE_CLIENT)
			add_connection(of[c->process], &c->row);
	}
	for (size_t i = 0; i < r->findings.count; i++) {
		const struct finding *finding = &r->findings.finding[i];

		/* Of the whole report, or of the sum of all: no service's. */
		if (finding->task && finding->task != &r->total)
			note_finding(all, of[process_of(r, finding)], finding->rule);
	}
	add_losses(all, r);
	free(of);
}

/* How many of the durations were not longer than `ns`. */
uint64_t service_times_until(const struct service_times *t, uint64_t ns)
{
	return t->zeros + hist_within(&t->hist, 0, ns);
}

/* How many there were. */
uint64_t service_times_count(const struct service_times *t)
{
	return t->zeros + hist_count(&t->hist);
}

/* Frees what services hold. */
void services_clear(struct services *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct service *s = all->service[i];

		for (unsigned int j = 0; j < SERVICE_TIMES; j++)
			hist_clear(&s->time[j].hist);
		free(s->finding);
		free(s->call);
		free(s->name);
		free(s);
	}
	tdestroy(all->refused_names, free);
	free(all->service);
	free(all->loss);
	*all = (struct services){0};
}
