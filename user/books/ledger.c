/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ledger.c - see ledger.h.
 *
 * What goes in: books of threads, alive and dead. What comes out: the lists of tasks in a snapshot.
 */
#include <string.h>

#include "books/families.h"
#include "books/ledger.h"

/* The list's task for what the dead thread left; pid 0 when the list is full and it is not in it.
 */
static struct task_sums *heir(struct task_list *list, pid_t pid, pid_t tid)
{
	struct task_sums *task = task_list_find(list, pid, tid);

	if (task)
		return task;
	if (list->count >= LEDGER_EXITED_MAX) {
		task = task_list_get(list, 0, 0);
		memcpy(task->comm, "exited", sizeof("exited"));
		return task;
	}
	return task_list_get(list, pid, tid);
}

/* Adds a dead thread's books to those of its process, and to its own. */
static void add_dead(struct ledger *l, const struct books *b, const struct thread *t)
{
	struct task_sums *process = heir(&l->dead_processes, t->tgid, 0);

	books_add(b, t, process);
	if (t->tid == t->tgid || !process->comm[0])
		memcpy(process->comm, t->comm, sizeof(process->comm));
	if (l->threads) {
		struct task_sums *thread = heir(&l->dead_threads, t->tgid, t->tid);

		books_add(b, t, thread);
		memcpy(thread->comm, t->comm, sizeof(thread->comm));
	}
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

/* Starts a list of tasks with what the dead have left. */
static void copy_dead(const struct task_list *dead, struct task_list *list)
{
	for (size_t i = 0; i < dead->count; i++) {
		const struct task_sums *from = dead->task[i];
		struct task_sums *task = task_list_get(list, from->pid, from->tid);

		task_add(task, from);
		memcpy(task->comm, from->comm, sizeof(task->comm));
	}
}

/* Adds the books of a living thread to the task (pid, tid) of the list. */
static void add_living(const struct books *b, const struct thread *t, struct task_list *list,
		       pid_t tid)
{
	struct task_sums *task = task_list_get(list, t->tgid, tid);

	books_add(b, t, task);
	if (t->comm[0] && (tid || t->tid == t->tgid || !task->comm[0]))
		memcpy(task->comm, t->comm, sizeof(task->comm));
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
	copy_dead(&l->dead_processes, &s->processes);
	copy_dead(&l->dead_threads, &s->threads);
	for (size_t i = 0; i < copy->count; i++) {
		const struct thread *t = &copy->thread[i];

		add_living(b, t, &s->processes, 0);
		if (l->threads)
			add_living(b, t, &s->threads, t->tid);
	}
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
