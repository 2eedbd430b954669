/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * threads.h - threads put into the pools of the kernel half by us, and taken out.
 *
 * For the collector only, which says what each function below is for in its own header.
 */
#ifndef IOPHASE_THREADS_H
#define IOPHASE_THREADS_H

#include <sys/types.h>

#include "books/books.h"
#include "proc/pids.h"

struct pools;

bool threads_has(const struct pools *p, pid_t tid);

/* Whether a thread that lives is meant, and found no books. */
bool threads_has_lost(const struct pools *p, pid_t tid);
int threads_add(struct pools *p, const struct thread_id *id);
void threads_seed(struct pools *p, pid_t tid, unsigned int op, enum phase phase,
		  const struct call_seed *call);

/* Tells it that the thread was found stopped, in no call; restart_op is what restart_syscall would
 * go on with. */
void threads_seed_stopped(struct pools *p, pid_t tid, unsigned int restart_op);
void threads_name(struct pools *p, pid_t tid, const char comm[COMM_LEN]);
void threads_drop(struct pools *p, pid_t tid);
uint64_t threads_live(const struct pools *p);

/* Ends the books of a living thread that is gone, unless the kernel half has done so meanwhile. */
void threads_end_missed(struct pools *p, uint32_t index);

/*
 * Takes the books of all living threads of a process out of the maps, and adds their indexes to the
 * list: nobody writes them any more then, and they are to be closed. Whom its lost threads make is
 * meant no longer.
 */
void threads_take_out(struct pools *p, pid_t pid, struct pid_list *taken);

/* Remembers that such a thread lives on: if it comes back, it is no other one. */
void threads_remember(struct pools *p, uint32_t index);

#endif
