/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report.h - what every sink prints: sorted, named, decided.
 */
#ifndef IOPHASE_REPORT_H
#define IOPHASE_REPORT_H

#include <time.h>

#include "books/connections.h"
#include "books/joins.h"
#include "books/own_cost.h"
#include "judge/endings.h"
#include "judge/findings.h"
#include "judge/report_task.h"

struct window;

/* The processes that are there since one of them was asked for. */
struct report_family {
	pid_t pid;		 /* who was asked for; it may have ended before the period */
	size_t first, count;	 /* its processes among those of the report */
	uint64_t io_calls;	 /* that ended, of all of them */
	struct report_task *sum; /* of two or more; else NULL */
};

/* Something that was not seen, or not all of it. */
struct report_loss {
	const char *name;
	const char *sentence; /* what was lost, or is missing because of it */
	uint64_t count;
};

struct report {
	const struct window *window; /* what it was made of, for those who record it */
	uint64_t period;	     /* ns that the report covers */
	struct timespec utc;	     /* its end */
	const char *host;	     /* the machine's name, or NULL: of who asked for the report */
	struct own_cost own;	     /* until then; its programs are somebody else's */
	uint64_t late;		     /* ns that attaching took before it; 0: of no interest */
	bool has_threads;
	bool has_exchanges; /* what clients and upstreams wait for is measured, */
	bool by_calls;	    /* by the ends of calls: without what only the kernel could tell */
	bool light;	    /* made without hooks on calls: what these alone tell is not known */
	/* Family by family, that with the most I/O calls first: who was asked for, then likewise.
	 */
	struct report_task *process;
	size_t processes;
	struct report_family *family;
	size_t families;
	struct ending_list ended; /* those that ended and had used a socket, all of them, */
	struct ending_list ended_families; /* and those of families of whom nobody lives */
	struct report_task total; /* the sum of several families, if it is wanted; else all zero */
	struct finding_list findings; /* of processes, families and the whole */
	struct report_loss *loss;     /* none is 0 */
	size_t losses;
	struct joins joins; /* who is not in it from its begin, or not at all */
	uint64_t summed_processes, summed_threads; /* that ended, and are in others' sums */
	uint64_t inflight_before, inflight;	   /* calls, at the ends of the period */
	uint64_t requests;			   /* made of asynchronous interfaces, at its end */
	char **note;				   /* what this kernel lacks ... */
	size_t notes;
	/* If asked for: the connections that the processes have open, in the order of their key. */
	struct connection_list connections;
	size_t connections_shown;	  /* so many of them to people */
	uint64_t let_go, connections_max; /* connections, since there were more than that */
};

/*
 * The report on a window. `notes` are sentences that it is to carry, `count` of them; they are
 * copied. It holds nothing of the window but where it is. To be freed by report_free().
 */
struct report *report_build(const struct window *w, const char *const *notes, size_t count);

/* Sums up all processes of the report on the window in its total, if they are several families. */
void report_sum_up(struct report *r, const struct window *w);

/* Gives the report the connections of a list, which is empty then: those of its processes. */
void report_take_connections(struct report *r, struct connection_list *list);

void report_free(struct report *r);

/* The name of an enum lost; NULL: there is none of that number. */
const char *loss_name(unsigned int lost);

#endif
