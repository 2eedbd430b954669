/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * history.c - see history.h.
 *
 * What goes in: reports, and the windows that they were made of. What comes out: for each slot and
 * track sums, and histograms, of which percentiles stay exact to a bucket when slots become one.
 * Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/snapshot.h"
#include "judge/history.h"

_Static_assert(HISTORY_SLOTS % 2 == 0, "slots become one in pairs");

/* Adds durations to others. */
static void times_join(struct history_times *to, const struct history_times *from)
{
	hist_add(&to->hist, &from->hist);
	to->count += from->count;
	if (from->max > to->max)
		to->max = from->max;
}

/* Adds durations of calls to those of a cell. */
static void times_add_calls(struct history_times *to, const struct call_sums *calls)
{
	if (!calls)
		return;
	hist_add(&to->hist, &calls->wait);
	to->count += calls->outcome[OUT_OK];
	if (calls->wait_max > to->max)
		to->max = calls->wait_max;
}

/* Frees what a cell holds, and leaves it empty. */
void history_cell_clear(struct history_cell *c)
{
	hist_clear(&c->response.hist);
	hist_clear(&c->upstream.hist);
	*c = (struct history_cell){0};
}

/* Adds one cell to another. */
void history_join(struct history_cell *to, const struct history_cell *from)
{
	to->reports += from->reports;
	for (unsigned int p = 0; p < PHASES; p++) {
		to->budget.io[p] += from->budget.io[p];
		to->budget.app[p] += from->budget.app[p];
	}
	to->io_calls += from->io_calls;
	for (unsigned int i = 0; i < QUEUE_CAUSES; i++)
		to->part[i] += from->part[i];
	to->service_ns += from->service_ns;
	to->asked_ns += from->asked_ns;
	times_join(&to->response, &from->response);
	times_join(&to->upstream, &from->upstream);
}

/* Adds what a process of a report did. */
static void cell_add(struct history_cell *to, const struct report *r, const struct report_task *p)
{
	const struct task_sums *sums = task_list_find(&r->window->processes, p->pid, 0);
	struct history_cell c = {.reports = 1, .budget = p->budget, .io_calls = p->io_calls};

	memcpy(c.part, p->exchanges.part, sizeof(c.part));
	c.service_ns = p->exchanges.service_ns;
	c.asked_ns = p->exchanges.asked_ns;
	history_join(to, &c);
	if (!sums)
		return;
	times_add_calls(&to->response, sums->call[OP_RESPONSE]);
	times_add_calls(&to->upstream, sums->call[OP_ASKED]);
}

/* Makes one slot of each two. */
static void halve(struct history *h)
{
	for (size_t i = 0; i < HISTORY_SLOTS / 2; i++) {
		h->slot[i].from = h->slot[2 * i].from;
		h->slot[i].to = h->slot[2 * i + 1].to;
		h->slot[i].utc = h->slot[2 * i + 1].utc;
	}
	for (size_t t = 0; t < HISTORY_TRACKS; t++) {
		struct history_cell *cell = h->track[t] ? h->track[t]->cell : NULL;

		for (size_t i = 0; cell && i < HISTORY_SLOTS / 2; i++) {
			struct history_cell first = cell[2 * i], second = cell[2 * i + 1];

			cell[2 * i] = cell[2 * i + 1] = (struct history_cell){0};
			history_join(&first, &second);
			history_cell_clear(&second);
			cell[i] = first;
		}
		if (cell)
			h->track[t]->since /= 2;
	}
	h->slots /= 2;
	h->each *= 2;
}

/* The slot of a further report; makes room for it. */
static size_t next_slot(struct history *h, const struct window *w)
{
	if (!h->each)
		h->each = h->last = 1;
	if (h->slots && h->last < h->each) {
		h->last++;
	} else {
		if (h->slots == HISTORY_SLOTS)
			halve(h);
		h->slot[h->slots++].from = w->from;
		h->last = 1;
	}
	h->slot[h->slots - 1].to = w->to;
	h->slot[h->slots - 1].utc = w->utc;
	return h->slots - 1;
}

/* The track of that number, made if it was never used. */
static struct history_track *track_at(struct history *h, size_t i)
{
	if (!h->track[i])
		h->track[i] = xcalloc(1, sizeof(struct history_track));
	return h->track[i];
}

/* The others. */
static struct history_track *others(struct history *h)
{
	struct history_track *t = track_at(h, HISTORY_OTHERS);

	t->used = true;
	return t;
}

/* The track that a process has; NULL: none of its own. */
static struct history_track *track_of(struct history *h, const struct report_task *p)
{
	for (size_t i = 0; i < HISTORY_OTHERS && !p->summed; i++)
		if (h->track[i] && h->track[i]->used && h->track[i]->pid == p->pid)
			return h->track[i];
	return NULL;
}

/* Adds what a track has to the others, and leaves it empty. */
static void give_up(struct history *h, struct history_track *t)
{
	struct history_track *rest = others(h);

	for (size_t i = 0; i < h->slots; i++) {
		if (t->cell[i].reports)
			history_join(&rest->cell[i], &t->cell[i]);
		history_cell_clear(&t->cell[i]);
	}
	history_cell_clear(&t->whole);
	t->used = false;
	h->moved++;
}

/*
 * A track for a process that has none: an unused one, or that of a process which has made fewer I/O
 * calls in all than this one in its report; else that of the others.
 */
static struct history_track *track_for(struct history *h, const struct report_task *p, size_t slot)
{
	struct history_track *least = NULL;

	if (p->summed)
		return others(h);
	for (size_t i = 0; i < HISTORY_OTHERS; i++) {
		struct history_track *t = track_at(h, i);

		if (!least || !t->used || t->io_calls < least->io_calls)
			least = t;
		if (!t->used)
			break;
	}
	if (least->used && least->io_calls >= p->io_calls)
		return others(h);
	if (least->used)
		give_up(h, least);
	least->used = true;
	least->pid = p->pid;
	least->since = slot;
	least->io_calls = 0;
	return least;
}

/* Adds the report of an interval. */
void history_add(struct history *h, const struct report *r)
{
	size_t slot = next_slot(h, r->window);

	for (size_t i = 0; i < r->processes; i++) {
		const struct report_task *p = &r->process[i];
		struct history_track *t = track_of(h, p) ?: track_for(h, p, slot);

		if (t->pid)
			memcpy(t->comm, p->comm, sizeof(t->comm));
		t->io_calls += p->io_calls;
		cell_add(&t->cell[slot], r, p);
	}
}

/* Takes the report of the whole time. */
void history_whole(struct history *h, const struct report *r)
{
	for (size_t i = 0; i < HISTORY_TRACKS; i++)
		if (h->track[i])
			history_cell_clear(&h->track[i]->whole);
	for (size_t i = 0; i < r->processes; i++) {
		struct history_track *t = track_of(h, &r->process[i]) ?: others(h);

		cell_add(&t->whole, r, &r->process[i]);
	}
}

/* The percentiles of what took time. */
struct percentiles history_percentiles(const struct history_times *t)
{
	return percentiles_of(&t->hist, t->count, t->max);
}

void history_clear(struct history *h)
{
	for (size_t t = 0; t < HISTORY_TRACKS; t++) {
		if (!h->track[t])
			continue;
		for (size_t i = 0; i < h->slots; i++)
			history_cell_clear(&h->track[t]->cell[i]);
		history_cell_clear(&h->track[t]->whole);
		free(h->track[t]);
	}
	*h = (struct history){0};
}
