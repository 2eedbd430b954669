/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.c - see ledger.h.
 *
 * What goes in: books of threads, alive and dead. What comes out: the lists of tasks in a snapshot.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "books/families.h"
#include "books/ledger.h"

/* Tasks to be let go, and processes that are alive: what is decided once many have ended. */
struct purge {
	struct ledger *ledger;
	pid_t *alive; /* in order */
	size_t alive_count;
	struct task_sums **ended; /* that may go */
	size_t ended_count;
	bool all; /* of those may go, not only those that are too many */
};

/* Adds a thread's books to the sums of a task: its process, or itself. */
static void add_thread(const struct books *b, const struct thread *t, struct task_sums *task)
{
	books_add(b, t, task);
	if (!task->born || t->born < task->born)
		task->born = t->born;
	if (t->state == THREAD_DEAD && t->since > task->ended)
		task->ended = t->since;
}

/* Adds a dead thread's books to the task that it was, or was one of. */
static void bury_in(const struct books *b, const struct thread *t, struct task_sums *task)
{
	add_thread(b, t, task);
	if (t->tid == t->tgid || task->tid || !task->comm[0])
		memcpy(task->comm, t->comm, sizeof(task->comm));
}

/* Adds a dead thread's books to those of its process, and to its own. */
static void add_dead(struct ledger *l, const struct books *b, const struct thread *t)
{
	bury_in(b, t, task_list_get(&l->dead_processes, t->tgid, 0));
	if (l->threads)
		bury_in(b, t, task_list_get(&l->dead_threads, t->tgid, t->tid));
}

/* The task of the list that what ended is summed in: (pid, 0), named so. */
static struct task_sums *heir_of(struct task_list *list, pid_t pid)
{
	struct task_sums *heir = task_list_get(list, pid, 0);

	memcpy(heir->comm, "exited", sizeof("exited"));
	return heir;
}

/* The order of pids. */
static int compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Whether a process has threads that are not in the ledger yet. */
static bool is_alive(const struct purge *p, pid_t pid)
{
	return p->alive_count && bsearch(&pid, p->alive, p->alive_count, sizeof(pid), compare_pids);
}

/* Lists the processes that have threads in the books. */
static void find_alive(struct purge *p, struct books *b)
{
	uint32_t end = books_end(b);

	p->alive = xcalloc(end, sizeof(*p->alive));
	for (uint32_t i = 1; i < end; i++)
		if (__atomic_load_n(&b->threads[i].state, __ATOMIC_ACQUIRE) != THREAD_FREE)
			p->alive[p->alive_count++] = (pid_t)b->threads[i].tgid;
	qsort(p->alive, p->alive_count, sizeof(*p->alive), compare_pids);
}

/* The order of tasks: whichever ended first. */
static int compare_ends(const void *a, const void *b)
{
	const struct task_sums *const *x = a, *const *y = b;

	return ((*x)->ended > (*y)->ended) - ((*x)->ended < (*y)->ended);
}

/*
 * Lists the tasks of the list that may go, whichever ended first in front. Returns how many of them
 * are too many.
 */
static size_t find_ended(struct purge *p, const struct task_list *list)
{
	p->ended = xrealloc(p->ended, list->count, sizeof(struct task_sums *));
	p->ended_count = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct task_sums *task = list->task[i];
		bool stays =
			task->tid ? task->tid == task->pid : task->summed || is_alive(p, task->pid);

		if (!stays)
			p->ended[p->ended_count++] = task;
	}
	if (p->all)
		return p->ended_count;
	if (p->ended_count <= LEDGER_EXITED_MAX)
		return 0;
	qsort(p->ended, p->ended_count, sizeof(struct task_sums *), compare_ends);
	return p->ended_count - LEDGER_EXITED_KEPT;
}

/* Sums the threads that ended first, if there are too many, each in that of its process. */
static void let_threads_go(struct purge *p)
{
	struct task_list *threads = &p->ledger->dead_threads;
	size_t many = find_ended(p, threads);

	for (size_t i = 0; i < many; i++)
		task_list_sum_up(p->ended[i], heir_of(threads, p->ended[i]->pid));
	task_list_sweep(threads);
}

/* Tells the parent of a process that is let go what it will not find in a snapshot any more. */
static void tell_parent(struct purge *p, const struct task_sums *process)
{
	struct task_list *processes = &p->ledger->dead_processes;
	struct task_sums *parent = families_parent(process, processes);

	if (!parent && is_alive(p, process->evidence.parent))
		parent = task_list_get(processes, process->evidence.parent, 0);
	if (parent)
		families_note(parent, &process->evidence);
}

/* The family of a process that is let go, as far as it is known; 0: it is not. */
static pid_t family_of_ended(const struct purge *p, const struct task_sums *process)
{
	const struct task_list *processes = &p->ledger->dead_processes;
	const struct task_sums *parent = process;

	/* A pid that was used again may close a circle. Of a parent that lives, only children are
	 * known. */
	for (size_t i = 0; parent && parent->family && i < processes->count; i++) {
		process = parent;
		parent = families_parent(process, processes);
	}
	return process->family;
}

/* Sums a process that is let go in its heir, which has a family as long as all have the same. */
static void sum_process(struct purge *p, struct task_sums *process, struct task_sums *heir)
{
	pid_t family = family_of_ended(p, process), before = heir->family;

	heir->mixed |= !family || (heir->summed && family != before);
	tell_parent(p, process);
	task_list_sum_up(process, heir);
	heir->family = heir->mixed ? 0 : family;
}

/* Sums the processes that ended first, if there are too many, and all of their threads. */
static void let_processes_go(struct purge *p)
{
	struct task_list *processes = &p->ledger->dead_processes, *threads;
	size_t many = find_ended(p, processes);
	struct task_sums *heir = many ? heir_of(processes, 0) : NULL;

	threads = &p->ledger->dead_threads;
	for (size_t i = 0; i < many; i++)
		sum_process(p, p->ended[i], heir);
	/* They are no family, and no child of anybody's. */
	if (heir)
		heir->evidence = (struct shape_evidence){0};
	heir = many && p->ledger->threads ? heir_of(threads, 0) : NULL;
	for (size_t i = 0; heir && i < threads->count; i++) {
		const struct task_sums *process =
			task_list_find(processes, threads->task[i]->pid, 0);

		if (threads->task[i] != heir && process->gone)
			task_list_sum_up(threads->task[i], heir);
	}
	task_list_sweep(threads);
	task_list_sweep(processes);
}

/* Sums what ended first, if too many tasks have ended to be kept one by one. */
void ledger_purge(struct ledger *l, struct books *b)
{
	struct purge p = {.ledger = l};

	if (l->dead_threads.count > LEDGER_EXITED_MAX)
		let_threads_go(&p);
	if (l->dead_processes.count > LEDGER_EXITED_MAX) {
		find_alive(&p, b);
		let_processes_go(&p);
	}
	free(p.alive);
	free(p.ended);
}

/* Sums all processes that have ended. */
void ledger_forget(struct ledger *l, struct books *b)
{
	struct purge p = {.ledger = l, .all = true};

	if (l->dead_processes.count) {
		find_alive(&p, b);
		let_processes_go(&p);
	}
	free(p.alive);
	free(p.ended);
}

/* Moves the books of thread `index` into the ledger and frees them, if it has died. */
bool ledger_bury(struct ledger *l, struct books *b, uint32_t index)
{
	struct thread *t = &b->threads[index];

	if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) != THREAD_DEAD)
		return false;
	add_dead(l, b, t);
	books_free(b, index);
	return true;
}

/* Adds to a list of tasks what a dead one has left. */
static void copy_dead(const struct task_sums *dead, struct task_list *list)
{
	struct task_sums *task = task_list_get(list, dead->pid, dead->tid);

	task_add(task, dead);
	memcpy(task->comm, dead->comm, sizeof(task->comm));
	task->summed = dead->summed;
	task->mixed = dead->mixed;
	task->born = dead->born;
	task->ended = dead->ended;
}

/* Adds the books of a thread to the task (pid, tid) of the list. */
static void add_living(const struct books *b, const struct thread *t, struct task_list *list,
		       pid_t tid)
{
	struct task_sums *task = task_list_get(list, t->tgid, tid);

	add_thread(b, t, task);
	if (t->comm[0] && (tid || t->tid == t->tgid || !task->comm[0]))
		memcpy(task->comm, t->comm, sizeof(task->comm));
}

/* The order of books: by process, then by thread; of two of one number, the dead one first. */
static int compare_threads(const void *a, const void *b)
{
	const struct thread *const *x = a, *const *y = b;

	if ((*x)->tgid != (*y)->tgid)
		return (*x)->tgid > (*y)->tgid ? 1 : -1;
	if ((*x)->tid != (*y)->tid)
		return (*x)->tid > (*y)->tid ? 1 : -1;
	return ((*x)->state < (*y)->state) - ((*x)->state > (*y)->state);
}

/*
 * Fills a list with what the dead have left and with `count` books, by thread or by process: in the
 * order of the list, so that each task is added at its end.
 */
static void fill(struct task_list *list, const struct task_list *dead, const struct books *b,
		 const struct thread **books, size_t count, bool by_thread)
{
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		pid_t pid = (pid_t)books[i]->tgid, tid = by_thread ? (pid_t)books[i]->tid : 0;

		while (next < dead->count &&
		       (dead->task[next]->pid < pid ||
			(dead->task[next]->pid == pid && dead->task[next]->tid <= tid)))
			copy_dead(dead->task[next++], list);
		add_living(b, books[i], list, tid);
	}
	while (next < dead->count)
		copy_dead(dead->task[next++], list);
}

/* A task without a living thread has ended. */
static void mark_exited(struct task_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->task[i]->exited = list->task[i]->threads == 0;
}

/* Fills the tasks of *s: what is in the ledger, and what was in the books when they were copied. */
void ledger_read(const struct ledger *l, const struct books *b, const struct books_copy *copy,
		 struct snapshot *s)
{
	const struct thread **books = xcalloc(copy->count, sizeof(struct thread *));

	for (size_t i = 0; i < copy->count; i++)
		books[i] = &copy->thread[i];
	qsort(books, copy->count, sizeof(struct thread *), compare_threads);
	fill(&s->processes, &l->dead_processes, b, books, copy->count, false);
	if (l->threads)
		fill(&s->threads, &l->dead_threads, b, books, copy->count, true);
	pulses_fill(&s->pulses, b, books, copy->count);
	free(books);
	families_join(&s->processes);
	s->torn = copy->torn;
	mark_exited(&s->processes);
	mark_exited(&s->threads);
}

void ledger_clear(struct ledger *l)
{
	task_list_clear(&l->dead_processes);
	task_list_clear(&l->dead_threads);
}
