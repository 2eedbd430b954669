/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recording.h - what -o json:FILE has written, read line by line, and the reports made of it again.
 *
 * What is read may be anybody's: whatever it is, there is a report or a reason why not.
 */
#ifndef IOPHASE_RECORDING_H
#define IOPHASE_RECORDING_H

#include "judge/report.h"
#include "json/tables.h"
#include "json/window.h"

enum {
	RECORDING_LINE_MAX = 256 << 20, /* bytes */
};

/* What the lines so far have come to. */
enum recording_step {
	RECORDING_MORE,	    /* a further line is needed */
	RECORDING_HEADER,   /* `about` is known */
	RECORDING_INTERVAL, /* a report is complete: of an interval, */
	RECORDING_TOTAL,    /* of the whole time after its intervals */
	RECORDING_WRONG,    /* `misread` says why */
};

/* Zeroed at first; to be cleared at last. */
struct recording {
	struct about about;
	bool has_header;
	bool is_total;	  /* the report that is being read */
	uint64_t missing; /* processes that are still to come, */
	bool begun;	  /* of a report that has begun */
	struct window window;
	struct task_heap processes, threads;
	struct report facts; /* what no window tells */
	struct connection_list connections;
	struct texts notes;
	struct misread misread;
};

/* Takes one line, without what ends it. */
enum recording_step recording_take(struct recording *r, const char *line, size_t size);

/* Whether the end may come now; else `misread` says why not. */
bool recording_ends(struct recording *r);

/* How a report is to be made of what was recorded. */
struct recording_style {
	bool threads;
	size_t connections; /* that are shown to people; 0: none */
	enum connection_key sort_by;
};

/*
 * The report that is complete; to be freed by report_free(). The recording must outlive it, and
 * take no further line before.
 */
struct report *recording_report(struct recording *r, const struct recording_style *style);

void recording_clear(struct recording *r);

/* What is done with each report; false ends the reading. */
typedef bool recording_visit(const struct report *r, void *context);

/*
 * Reads all lines of a buffer, and makes each report. Returns the number of the line that is wrong,
 * and why; 0 if none is.
 */
size_t recording_read(const char *buffer, size_t size, const struct recording_style *style,
		      recording_visit *visit, void *context, struct misread *why);

#endif
