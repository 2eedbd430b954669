/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.h - the sinks that this run writes to, and what each write came to.
 */
#ifndef IOPHASE_OUTPUT_H
#define IOPHASE_OUTPUT_H

#include "app/options.h"
#include "sinks/sink.h"

/* Where the reports go. A zeroed one writes nothing. */
struct output {
	FILE *text; /* NULL: no text report */
	FILE *csv;  /* NULL: no CSV */
	const char *csv_name;
	struct style style;
	int error; /* of the first write that failed: -errno */
};

/* Opens what the options ask for; 0, or -errno with one line on stderr. */
int output_open(struct output *out, const struct options *o);

/* Writes the report of one interval, or of the whole run if that is the only one. 0 or -errno. */
int output_interval(struct output *out, const struct report *r);

/* Writes the report of the whole run after those of its intervals; the CSV has had all. 0 or
 * -errno. */
int output_total(struct output *out, const struct report *r);

/* Writes what comes last and closes; 0, or the -errno of the first write that failed. */
int output_close(struct output *out);

#endif
