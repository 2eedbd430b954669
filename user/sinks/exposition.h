/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exposition.h - samples of metrics as text, in the two forms that Prometheus reads.
 */
#ifndef IOPHASE_EXPOSITION_H
#define IOPHASE_EXPOSITION_H

#include <stdio.h>

#include "judge/services.h"

enum dialect {
	DIALECT_OPENMETRICS, /* OpenMetrics 1.0 */
	DIALECT_PROMETHEUS,  /* Prometheus' text format, 0.0.4 */
};

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
};

struct exposition;

/* One quantity, as it is told; its name is without _total. */
struct metric {
	const char *name;
	enum metric_type type;
	const char *unit; /* base unit, which the name ends in; NULL: a number of something */
	const char *help;
	/* Writes the samples of one service, or those of the run; one of them is NULL. */
	void (*of_service)(struct exposition *e, const struct service *s);
	void (*of_run)(struct exposition *e, const struct services *all);
};

struct exposition {
	FILE *out;
	enum dialect dialect;
	uint64_t series;	     /* of services, written so far */
	const struct metric *metric; /* whose samples are being written */
	const char *service;	     /* and of which service, NULL: of the run */
	bool has_head;		     /* what it is has been written */
	const struct own_cost *own;  /* what measuring costs itself */
};

/* Labels: name, value, name, value ..., NULL at their end; the service's is written besides. */
typedef const char *const labels[7];

/* Writes a sample that is a number, or a time (ns). */
void exposition_number(struct exposition *e, uint64_t number, labels l);
void exposition_seconds(struct exposition *e, uint64_t ns, labels l);

/* Writes a histogram of times; `has_sum`: what they come to is known. */
void exposition_times(struct exposition *e, const struct service_times *t, bool has_sum, labels l);

#endif
