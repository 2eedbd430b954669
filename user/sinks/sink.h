/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink.h - where reports go: each kind of output is one struct sink.
 *
 * A sink writes into memory and never waits; the bytes are carried to their place by who calls it.
 */
#ifndef IOPHASE_SINK_H
#define IOPHASE_SINK_H

#include <stdio.h>

#include "judge/lines.h"
#include "judge/report.h"
#include "sinks/line.h"
#include "sinks/record.h"

/* What the caller knows about the place that the output is read in. */
struct style {
	bool utf8;	 /* bars of blocks, and characters beyond ASCII in names */
	bool colour;	 /* a terminal, and the user wants it */
	bool interval;	 /* there will be reports of intervals, and one of the whole at the end */
	bool members;	 /* a block for each process of a family */
	bool no_threads; /* nothing of the threads of a process, if they are measured */
	unsigned int columns;	/* that a line may have; 0: nobody says */
	enum line_key lines_by; /* the order of lists of processes */
	uint64_t trace_max;	/* bytes of a trace */
	uint64_t series_max;	/* time series of metrics; 0: any number */
};

/* The columns that a line may have. */
static inline unsigned int style_columns(const struct style *style)
{
	return style->columns ? style->columns : LINE_COLUMNS;
}

struct about;
struct stream_batch;

/* One output that is being written. */
struct sink_job {
	const struct sink *sink;
	FILE *out; /* memory; another one at each call */
	struct style style;
	const struct about *about; /* of which run the reports are; for those who record */
	bool full;		   /* it takes no more events */
	uint64_t unseen;	   /* events that are missing among those that it was given */
	void *state;		   /* the sink's own: made by its open(), freed by its close() */
};

/* A function that is NULL has nothing to do. All are called at most once, but report()
 * and stream(). */
struct sink {
	const char *name;		   /* the KIND of -o KIND:FILE */
	const char *help;		   /* what it is, for the list of kinds */
	const struct record_kind *records; /* of a sink that writes records of one kind */
	bool records_all; /* of one that writes records of all kinds, as far as there are any */
	bool counts_connections; /* it wants them all, one by one */
	bool replaces;		 /* each report takes the place of the one before */
	bool sums_up;		 /* it adds up reports itself: what has ended need be in one only */
	bool is_metrics;	 /* of services, and of our own time in the kernel */
	bool tells_losses; /* a person reads there what was lost, and what this kernel lacks */
	bool streams;	   /* it wants single events */
	bool tells_whose;  /* it shows whose processes are, and their ports */
	unsigned int columns_max; /* that its lines may have; 0: LINE_COLUMNS */
	void (*open)(struct sink_job *job);
	/* One interval, or the whole time if there are no intervals. */
	void (*report)(struct sink_job *job, const struct report *r);
	/* The whole time, after the reports of its intervals. */
	void (*total)(struct sink_job *job, const struct report *r);
	/* Single events, in some time; the last ones when all is over. */
	void (*stream)(struct sink_job *job, const struct stream_batch *batch);
	void (*close)(struct sink_job *job);
};

/* All of them, the last one is NULL. */
extern const struct sink *const sinks[];

/* The sink whose name has this length and these bytes, or NULL. */
const struct sink *sink_find(const char *name, size_t length);

extern const struct sink sink_text; /* what a person reads */
extern const struct sink sink_ps;   /* a line for each process */
extern const struct sink sink_csv;
extern const struct sink sink_csv_processes;
extern const struct sink sink_csv_findings;
extern const struct sink sink_csv_exchanges;
extern const struct sink sink_csv_connections;
extern const struct sink sink_openmetrics;
extern const struct sink sink_html;	/* a page for a browser */
extern const struct sink sink_perfetto; /* a trace of single events */
extern const struct sink sink_json; /* what was recorded, to be read by programs and again by us */

#endif
