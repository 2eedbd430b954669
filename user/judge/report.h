/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report.h - what every sink prints: sorted, named, decided.
 */
#ifndef IOPHASE_REPORT_H
#define IOPHASE_REPORT_H

#include <sys/types.h>
#include <time.h>

#include "books/errors.h"
#include "judge/model.h"
#include "judge/shape.h"
#include "base/types.h"

struct window;

/* Times (ns) of one call: not above p50 for half of the calls, and so on; max is the longest. */
struct percentiles {
	uint64_t p50, p90, p99, max;
};

/* One call of one task. */
struct report_call {
	const char *name;	/* the kernel's name of the call, or "app" */
	const char *class_name; /* "read", "mux" ... or "app" */
	bool is_app;		/* the time outside I/O calls: only ns[] means something */
	bool is_request;	/* no call, but asked of an asynchronous interface: no ns[] */
	uint64_t calls;		/* that ended; their outcomes: */
	uint64_t outcome[OUTCOMES];
	uint64_t bytes;
	uint64_t peeks;		    /* of the calls: reads that left the data where they are */
	struct errors errors;	    /* why calls failed; the rest of OUT_ERROR is not known */
	uint64_t inflight;	    /* in progress at the end */
	uint64_t ns[PHASES];	    /* calls in progress included */
	struct percentiles wait;    /* if calls > 0; a call that did not sleep counts as 0 ns */
	struct percentiles busy;    /* if calls > 0: on CPU, cpu and copy */
	bool has_latency;	    /* of a request: how long some took is known: */
	struct percentiles latency; /* ns from submission to completion */
};

/* Where the time (ns) of the threads went; the sum is what is accounted for. */
struct time_budget {
	uint64_t io[PHASES];  /* in I/O calls */
	uint64_t app[PHASES]; /* outside */
};

/* A process, or a thread. */
struct report_task {
	pid_t pid;
	pid_t tid;	     /* 0: a process, or a sum of threads */
	pid_t family;	     /* of a process: its eldest ancestor in the report, or itself */
	bool is_thread;	     /* or a sum of them */
	char comm[COMM_LEN]; /* any bytes: print it through fmt_comm() */
	bool exited;
	uint64_t summed;	   /* it is no task, but so many that ended are summed in it */
	unsigned int threads;	   /* alive at the end */
	unsigned int threads_ever; /* that lived in the period */
	uint64_t wall;		   /* ns that its threads lived */
	uint64_t accounted;	   /* ns of them that are in the budget */
	uint64_t io_calls;	   /* that ended */
	uint64_t peeks;		   /* of them */
	unsigned int stopped;	   /* threads that are, at the end */
	uint64_t stopped_ns;	   /* time of its threads in which they were */
	uint64_t wakeups;	   /* of them, reads of what it had said to itself */
	struct model_decision model;
	struct shape_decision shape;	 /* of a thread: that of its process */
	uint64_t signals;		 /* I/O signals that reached it */
	bool has_delays;		 /* of some of them it is known when they were generated: */
	struct percentiles signal_delay; /* ns from there until they reached a thread */
	struct time_budget budget;
	/* what has calls or time, the most time first; then requests; app is the last */
	struct report_call *call;
	size_t calls;
	struct report_task *thread; /* if asked for: the most calls first */
	size_t thread_count;
};

/* Something that was not seen, or not all of it. */
struct report_loss {
	const char *name;
	const char *sentence; /* what was lost, or is missing because of it */
	uint64_t count;
};

struct report {
	uint64_t period;     /* ns that the report covers */
	struct timespec utc; /* its end */
	bool has_threads;
	struct report_task *process; /* the most I/O calls first */
	size_t processes;
	struct report_loss *loss; /* none is 0 */
	size_t losses;
	uint64_t summed_processes, summed_threads; /* that ended, and are in others' sums */
	uint64_t inflight_before, inflight;	   /* calls, at the ends of the period */
	uint64_t requests;			   /* made of asynchronous interfaces, at its end */
	char **note;				   /* what this kernel lacks ... */
	size_t notes;
};

/*
 * The report on a window. `notes` are sentences that it is to carry, `count` of them; they are
 * copied. It holds nothing of the window. To be freed by report_free().
 */
struct report *report_build(const struct window *w, const char *const *notes, size_t count);

void report_free(struct report *r);

#endif
