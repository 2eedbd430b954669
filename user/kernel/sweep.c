/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sweep.c - see sweep.h.
 *
 * What goes in: the books, and /proc. What comes out: the indexes of books that are to be ended, or
 * buried. The kernel may have skipped the program that was to see a death, or not have put it into
 * the queue of the dead.
 */
#include "kernel/sweep.h"
#include "proc/proc.h"
#include "proc/proc_view.h"

/* Whether the books are those of a living thread, as far as the kernel half knows. */
static bool is_live(const struct books *b, uint32_t index)
{
	return __atomic_load_n(&b->threads[index].state, __ATOMIC_ACQUIRE) == THREAD_LIVE;
}

/* Whether the thread of living books is gone, as /proc says; one that it hides from us is not. */
static bool is_gone(const struct books *b, uint32_t index)
{
	const struct thread *t = &b->threads[index];

	return is_live(b, index) && proc_gone((pid_t)t->tgid, (pid_t)t->tid, t->start) &&
	       !proc_hides((pid_t)t->tid);
}

/* Whether a thread has had an event since it was seen alive by the look before this one. */
static bool has_moved(const struct sweep *s, const struct thread *t)
{
	return __atomic_load_n(&t->since, __ATOMIC_RELAXED) >= s->before;
}

/* Looks at one thread's books for the first time. */
static void look(struct sweep *s, struct books *b, uint32_t index, const struct sweep_found *found)
{
	const struct thread *t = &b->threads[index];

	if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_DEAD)
		found->dead(found->arg, index);
	else if (has_moved(s, t) && is_gone(b, index))
		pid_list_add(&s->newer, (pid_t)index);
}

/* Looks again at those who seemed to be gone. */
static void look_again(struct sweep *s, struct books *b, const struct sweep_found *found)
{
	struct pid_list older = s->older;

	for (size_t i = 0; i < older.count; i++)
		if (is_gone(b, (uint32_t)older.pid[i]))
			found->missed(found->arg, (uint32_t)older.pid[i]);
	s->older = s->newer;
	older.count = 0;
	s->newer = older;
}

/* Begins a look at all books. */
static void begin(struct sweep *s, uint64_t now)
{
	s->before = s->looks++ % SWEEP_WHOLE ? s->began : 0;
	s->began = now;
	s->next = 0;
}

/* Looks at the next slice of the books. */
void sweep_step(struct sweep *s, struct books *b, uint64_t now, const struct sweep_found *found)
{
	uint64_t gone;
	uint32_t end = books_end(b), until = end;

	if (!s->looks)
		begin(s, now);
	gone = now - s->began;
	if (gone < SWEEP_TIME)
		until = (uint32_t)(end * gone / SWEEP_TIME);
	for (; s->next < until; s->next++)
		if (s->next)
			look(s, b, s->next, found);
	if (now - s->again >= SWEEP_BETWEEN) {
		s->again = now;
		look_again(s, b, found);
	}
	if (gone >= SWEEP_TIME)
		begin(s, now);
}

/* Looks at all threads of a process that has ended. */
void sweep_process(struct books *b, pid_t pid, const struct sweep_found *found)
{
	uint32_t end = books_end(b);

	for (uint32_t i = 1; i < end; i++)
		if ((pid_t)b->threads[i].tgid == pid && is_gone(b, i))
			found->missed(found->arg, i);
}

void sweep_clear(struct sweep *s)
{
	pid_list_clear(&s->newer);
	pid_list_clear(&s->older);
}
