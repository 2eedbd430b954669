/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report_task.h - a process, a thread or a family as every sink prints it.
 */
#ifndef IOPHASE_REPORT_TASK_H
#define IOPHASE_REPORT_TASK_H

#include <sys/types.h>

#include "books/backlog.h"
#include "books/errors.h"
#include "books/loop_sleep.h"
#include "judge/exchanges.h"
#include "judge/loops.h"
#include "judge/model.h"
#include "judge/percentiles.h"
#include "judge/quiet.h"
#include "judge/shape.h"
#include "judge/upstreams.h"
#include "base/types.h"
#include "base/where.h"
#include "base/whose.h"

struct task_sums;

/* One call of one task. */
struct report_call {
	const char *name;	/* the kernel's name of the call, or "app" */
	const char *class_name; /* "read", "mux" ... or "app" */
	enum op_class op_class;
	bool is_app;	 /* the time outside I/O calls: only ns[] means something */
	bool is_request; /* no call, but asked of an asynchronous interface: no ns[] */
	bool is_counted; /* how many ended is known: */
	uint64_t calls;	 /* that ended; their outcomes: */
	uint64_t outcome[OUTCOMES];
	uint64_t bytes;
	uint64_t peeks;		 /* of the calls: reads that left the data where they are */
	struct errors errors;	 /* why calls failed; the rest of OUT_ERROR is not known */
	uint64_t inflight;	 /* in progress at the end */
	uint64_t ns[PHASES];	 /* calls in progress included */
	bool is_divided;	 /* its time on a CPU is known; */
	uint64_t samples;	 /* by so many samples, if it is divided by these */
	bool has_wait;		 /* it is known how long calls slept: */
	struct percentiles wait; /* a call that did not sleep counts as 0 ns */
	bool has_busy;		 /* and how long they were on a CPU, cpu and copy: */
	struct percentiles busy;
	bool has_latency;	    /* of a request: how long some took is known: */
	struct percentiles latency; /* ns from submission to completion */
};

/* Where the time (ns) of the threads went; the sum is what is accounted for. */
struct time_budget {
	uint64_t io[PHASES];  /* in I/O calls */
	uint64_t app[PHASES]; /* outside */
};

/* A process, a thread, or a family. */
struct report_task {
	pid_t pid;
	pid_t tid;	     /* 0: a process, or a sum of threads */
	pid_t family;	     /* of a process: who was asked for, an ancestor or itself */
	bool is_quiet;	     /* a thread that did nothing */
	bool is_thread;	     /* or a sum of them */
	char comm[COMM_LEN]; /* any bytes: print it through fmt_comm() */
	bool exited;
	bool left;		   /* it goes on, but matches no longer what was looked for */
	uint64_t summed;	   /* it is no task, but so many that ended are summed in it */
	unsigned int threads;	   /* alive at the end */
	unsigned int threads_ever; /* that lived in the period */
	uint64_t lived;		   /* ns of the period that there was a thread */
	unsigned int processes;	   /* of a family: that are summed in it; else 0 */
	bool is_total;		   /* not of a family: of all processes */
	const char *service; /* of a process, as metrics name it; NULL: its comm. Somebody else's */
	struct where where;  /* of a process; of several only a container that all are in */
	unsigned int children; /* living ones, of a process without I/O, if nobody asked for them */
	uint64_t wall;	       /* ns that its threads lived, */
	struct quiet_threads quiet; /* those of threads that did nothing included */
	uint64_t accounted;	    /* ns of the others that are in the budget */
	uint64_t io_calls;	    /* that ended */
	uint64_t peeks;		    /* of them */
	unsigned int stopped;	    /* threads that are, at the end */
	uint64_t stopped_ns;	    /* time of its threads in which they were */
	bool light;		    /* it was measured without hooks on calls; */
	uint64_t samples;	    /* its time on a CPU is divided by so many samples */
	bool unseen;	  /* it was running at the attach, and has shown by no call what it does */
	uint64_t wakeups; /* reads of what it had said to itself */
	uint64_t socket_reads;	  /* reads of sockets that ended ok or eof */
	uint64_t connections;	  /* how often one was of another connection than before */
	struct loop_sleep asleep; /* of a process or family: its event loops, beside their wait */
	struct model_decision model;
	struct shape_decision shape;	 /* of a thread: that of its process */
	struct loops loops;		 /* its event loops */
	uint64_t signals;		 /* I/O signals that reached it */
	bool has_delays;		 /* of some of them it is known when they were generated: */
	struct percentiles signal_delay; /* ns from there until they reached a thread */
	struct exchanges exchanges;
	struct backlog backlog;		   /* of a process or family */
	struct whose whose;		   /* of a process, if that was looked up */
	struct report_upstreams upstreams; /* of a process or family */
	struct time_budget budget;
	/* what has calls or time, the most time first; then requests; app is the last */
	struct report_call *call;
	size_t calls;
	struct report_task *thread; /* if asked for: the most time on a CPU first */
	size_t thread_count;
};

/* Fills in one task of a window of `period` ns, without its threads. To be freed by
 * report_task_clear(). */
void report_task_fill(struct report_task *t, const struct task_sums *sums, uint64_t period);

/*
 * Leaves the time of those who did nothing in the period (ns) out of what is said of the others;
 * who did nothing as a whole is shown with all of its time.
 */
void report_task_leave_out(struct report_task *t, uint64_t period);

/* The time (ns) that its threads were on a CPU, in I/O calls and outside. */
uint64_t report_task_on_cpu(const struct report_task *t);

/* The order of threads: the most time on a CPU first, then as of tasks. */
int report_task_compare_threads(const void *a, const void *b);

/* How many calls, or requests, are in progress. */
uint64_t report_task_inflight(const struct task_sums *sums, unsigned int op);

/* The order of tasks: the most I/O calls first, then by pid and tid. */
int report_task_compare(const void *a, const void *b);

/* Frees what a task holds. */
void report_task_clear(struct report_task *t);

#endif
