/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tables.h - the fields of what is recorded, a table each.
 *
 * What is recorded are the sums of a window, not what is said of them: a report is made anew of
 * them by who reads it.
 */
#ifndef IOPHASE_TABLES_H
#define IOPHASE_TABLES_H

#include "books/snapshot.h"
#include "json/fields.h"

/* One row of a task's calls, as it is recorded. */
struct op_sums {
	uint64_t ns[PHASES];
	unsigned int inflight;
	uint64_t sampled;
	bool ended; /* there is what ended calls came to: */
	struct call_sums call;
};

/* A thread that did nothing. */
struct quiet_one {
	pid_t tid;
	char comm[COMM_LEN];
};

/* What a recording says of the run that it is of. */
struct about {
	uint64_t format; /* FORMAT_NOW, or what nobody here can read */
	char *version;	 /* of iophase */
	char *kernel, *machine, *host;
	uint64_t realtime, monotonic; /* ns, of one instant */
	uint64_t interval;	      /* ns between reports, 0: there is one only */
	bool threads;		      /* each thread is told, too */
	bool selects;	      /* the processes are those that match; reports begin with their sum */
	struct texts command; /* argv */
	struct texts programs; /* of the kernel half, that are attached, */
	uint64_t calls;	       /* and system calls with tracepoints of their own */
	struct texts lacks;    /* what is not seen, or not known */
};

enum {
	FORMAT_NOW = 1,
};

void about_clear(struct about *a);

extern const struct field_table about_fields;	   /* struct about */
extern const struct field_table window_fields;	   /* struct window */
extern const struct field_table report_fields;	   /* struct report: what no window tells */
extern const struct field_table report_sums;	   /* struct report: what it adds up */
extern const struct field_table task_fields;	   /* struct task_sums, without calls */
extern const struct field_table op_fields;	   /* struct op_sums */
extern const struct field_table loop_fields;	   /* struct loop_sleep */
extern const struct field_table quiet_fields;	   /* struct quiet_one */
extern const struct field_table upstream_fields;   /* struct upstream_sums */
extern const struct field_table connection_fields; /* struct conn_row */

#endif
