/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pulse.c - see pulse.h.
 *
 * What goes in: books of threads. What comes out: lists of pulses. It is told of all threads, also
 * where their sums are not kept one by one, so a pulse is small. Pure: no kernel, no clock, no I/O.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "books/pulse.h"

/* Whether a pulse comes before another one. */
static bool is_before(const void *one, const void *other)
{
	const struct pulse *a = one, *b = other;

	return a->pid < b->pid || (a->pid == b->pid && a->tid < b->tid);
}

/* Fills an empty list with the threads that live. */
void pulses_fill(struct pulse_list *list, const struct books *b,
		 const struct thread *const *threads, size_t count)
{
	list->pulse = xcalloc(count, sizeof(*list->pulse));
	for (size_t i = 0; i < count; i++) {
		const struct thread *t = threads[i];
		struct pulse *p = &list->pulse[list->count];

		if (t->state != THREAD_LIVE)
			continue;
		*p = (struct pulse){
			.pid = (pid_t)t->tgid,
			.tid = (pid_t)t->tid,
			.born = t->born,
			.life = t->since - t->born,
			.active = t->since - t->born - t->ns[OP_APP][PHASE_WAIT],
		};
		sleep_marks_set(&p->marks, b, t);
		memcpy(p->comm, t->comm, sizeof(p->comm));
		list->count++;
	}
}

/*
 * The pulse of the same thread in an earlier list, or NULL; *next is the first one of that list
 * that may be of it, or of one that comes after it.
 */
static const struct pulse *find_earlier(const struct pulse_list *earlier, const struct pulse *now,
					size_t *next)
{
	const struct pulse *was;

	while (*next < earlier->count && is_before(&earlier->pulse[*next], now))
		++*next;
	if (*next == earlier->count)
		return NULL;
	was = &earlier->pulse[*next];
	return was->pid == now->pid && was->tid == now->tid && was->born == now->born ? was : NULL;
}

/* Fills an empty list with those that were asleep all the time. */
void pulses_quiet(struct pulse_list *quiet, const struct pulse_list *earlier,
		  const struct pulse_list *later)
{
	size_t next = 0;

	quiet->pulse = xcalloc(later->count, sizeof(*quiet->pulse));
	for (size_t i = 0; i < later->count; i++) {
		const struct pulse *now = &later->pulse[i];
		const struct pulse *was = find_earlier(earlier, now, &next);

		if (was && was->active == now->active)
			quiet->pulse[quiet->count++] = *now;
	}
}

/* Fills an empty list with what the event loops were asleep in. */
void pulses_loops(struct loop_sleep_list *loops, const struct pulse_list *earlier,
		  const struct pulse_list *later)
{
	size_t next = 0;

	for (size_t i = 0; i < later->count; i++) {
		const struct pulse *now = &later->pulse[i];
		const struct pulse *was = find_earlier(earlier, now, &next);

		loop_sleep_note(loops, now->pid, was ? &was->marks : NULL, &now->marks,
				now->life - (was ? was->life : 0));
	}
}

/* Whether a thread is in the list. */
bool pulses_have(const struct pulse_list *list, pid_t pid, pid_t tid)
{
	const struct pulse want = {.pid = pid, .tid = tid};
	size_t at = search_place(list->pulse, list->count, sizeof(want), &want, is_before);
	return at < list->count && !is_before(&want, &list->pulse[at]);
}

void pulses_clear(struct pulse_list *list)
{
	free(list->pulse);
	*list = (struct pulse_list){0};
}
