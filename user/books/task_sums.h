/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task_sums.h - what is counted of one task: a thread, or a process with all its threads.
 */
#ifndef IOPHASE_TASK_SUMS_H
#define IOPHASE_TASK_SUMS_H

#include <sys/types.h>

#include "books/backlog.h"
#include "books/errors.h"
#include "books/evidence.h"
#include "books/hist.h"
#include "base/types.h"
#include "base/where.h"
#include "base/whose.h"

/* What one call of one task came to. The number of calls is the sum of the outcomes. */
struct call_sums {
	uint64_t outcome[OUTCOMES];
	uint64_t bytes;
	uint64_t peeks; /* of the calls: reads that have left the data where they are */
	uint64_t wait_max, busy_max; /* ns, of one call, since the attach */
	struct hist wait;     /* ns asleep per call; calls that did not sleep are not in it */
	struct hist busy;     /* ns on CPU per call */
	struct errors errors; /* why they failed, as far as it is known */
};

/*
 * How long a task was in one call, those in flight included with their time so far, and how often a
 * sample found it there on a CPU.
 */
struct time_sums {
	uint64_t ns[PHASES];
	uint64_t sampled;
};

/* The books of a task: of one thread, or of a whole process with all its threads. */
struct task_sums {
	pid_t pid;
	pid_t tid;	     /* 0: the whole process */
	char comm[COMM_LEN]; /* not necessarily text, not necessarily terminated */
	bool exited;	     /* no thread of it is left */
	bool left;	     /* but it goes on: it is traced no longer; in windows */
	bool gone;	     /* its sums are in another task: task_list_sweep() frees it */
	uint64_t summed;     /* ended tasks that are summed here and are in the list no longer; */
	bool mixed;	     /* they are of several families, or of unknown ones: it has none */
	uint64_t born;	     /* ns, the first of its threads; 0: not known, or not one task */
	uint64_t ended;	     /* ns, the last of its threads that has ended; 0: none has */
	uint64_t lived; /* in a window: ns of it that there was a thread; all of it for a sum */
	unsigned int children; /* processes that it has made and that live, if that was looked up */
	pid_t family;	       /* the process that was asked for, or itself; 0: not known */
	unsigned int threads;  /* alive at that instant */
	unsigned int stopped;  /* of them, at that instant */
	unsigned int threads_ever; /* since the attach; in a window: that lived in it */
	unsigned int threads_back; /* counted there a second time, as they were away in between */
	uint64_t wall; /* ns that its threads have lived since their clocks were started */
	struct time_sums *time[OPS_TIMED]; /* NULL: it was never in this call */
	bool light; /* made without hooks on calls: time on a CPU, and not copying, is in OP_APP */
	__u64 count[COUNTERS];
	unsigned int inflight[OPS]; /* calls in progress, or requests, at that instant */
	unsigned int inflight_aio;  /* of them, reads by which glibc serves an aio_read */
	unsigned int
		inflight_before; /* the same at the attach (or the window's start), all calls */
	enum way registered;  /* how its epoll sets watch most files, if that was asked of /proc */
	bool async;	      /* its descriptors have O_ASYNC, if that was asked of /proc */
	bool signalfd;	      /* and another one is a signalfd */
	unsigned int sets;    /* epoll sets of a process with loops, if that was asked of it, */
	unsigned int in_sets; /* and descriptors that are in one, at that instant */
	struct shape_evidence evidence;
	struct backlog backlog; /* of a process */
	struct where where;	/* of a process; in windows, if that was looked up */
	struct whose whose;	/* of a process of a window, if that was looked up */
	/*
	 * NULL: no such call has ended. OP_SIGNALS: I/O signals; from OP_REQUESTS on: requests;
	 * `wait` is then the time that they took. OP_LOOP and OP_LOOP_EMPTY: turns of event loops,
	 * by the outcome of the wait before; `wait` is what they took, those in progress are not in
	 * it; `busy` and `bytes` are events.
	 */
	struct call_sums *call[OPS];
	/* In a window: this task since the attach, in the later snapshot, which must outlive it. */
	const struct task_sums *ever;
	struct task_sums *next_spare; /* of those that were removed from the list */
};

/* The sums of call op of the task, added all zero if there are none yet. */
struct call_sums *task_call(struct task_sums *task, unsigned int op);

/* Its time in call op, added all zero if there is none yet. */
struct time_sums *task_time(struct task_sums *task, unsigned int op);

/* Its time in call op, to be read. */
static inline const struct time_sums *task_time_of(const struct task_sums *task, unsigned int op)
{
	static const struct time_sums none;

	return task->time[op] ?: &none;
}

/* Adds what one thread, or another task, has counted: COUNTERS of them. */
static inline void counters_add(__u64 *to, const __u64 *from)
{
	for (unsigned int i = 0; i < COUNTERS; i++)
		to[i] += from[i];
}

/* Adds all sums of `from` to `to`; names and identities of `to` stay. */
void task_add(struct task_sums *to, const struct task_sums *from);

/* Frees what a task that is in no list holds. */
void task_clear(struct task_sums *task);

#endif
