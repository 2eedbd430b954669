/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record.h - what is measured, as records of a few kinds; each kind is one table of columns, and
 * every output that writes data walks these tables.
 */
#ifndef IOPHASE_RECORD_H
#define IOPHASE_RECORD_H

#include <stdio.h>

#include "judge/report.h"

enum {
	VALUE_TEXT_MAX = 640, /* bytes; the counts of all models fit, see values.c */
};

enum value_kind {
	VALUE_NONE, /* not measured */
	VALUE_INTEGER,
	VALUE_DECIMAL, /* its thousandfold is in `integer` */
	VALUE_COUNTS,  /* a text of NAME=INTEGER, a blank between two; the integer may be missing */
	VALUE_TEXT,    /* UTF-8 without control characters; what is no such text is \xNN, \ is \\ */
};

/* One field of one record; how it is written (quotes, escapes) is the sink's matter. */
struct value {
	enum value_kind kind;
	uint64_t integer;
	const char *text; /* a constant, or in `buffer` */
	char buffer[VALUE_TEXT_MAX];
};

/* One record: of what its kind, or this one, has not, the pointer is NULL. */
struct record {
	const struct report *report;
	const struct report_task *task;
	const struct report_call *call;
	const struct finding *finding;
	enum conn_role role; /* of an exchange */
	/* Of exchanges with one upstream; NULL: with those that are not counted by address. */
	const struct report_upstream *upstream;
	const struct connection *connection;
};

struct column {
	const char *name;
	/* Fills in the value, which is VALUE_NONE before; NULL: nothing measures it yet. */
	void (*get)(struct value *v, const struct record *r);
	enum value_kind kind; /* of its value, if it is measured */
};

/* What each() calls for every record. */
typedef void record_visit(const struct record *r, void *context);

struct record_kind {
	const char *name;
	const struct column *column; /* only ever appended to */
	size_t columns;
	/* Visits every record of this kind that the report holds, in the order of the report. */
	void (*each)(const struct report *report, record_visit *visit, void *context);
	/* The same of those of one task: of a process, or of one of its threads, as far as it has
	 * such records. */
	void (*each_of)(const struct report *report, const struct report_task *task,
			record_visit *visit, void *context);
};

extern const struct record_kind record_call;	   /* a call of a process, with -t of a thread */
extern const struct record_kind record_process;	   /* a process */
extern const struct record_kind record_exchange;   /* what clients of a process waited for, or it */
extern const struct record_kind record_finding;	   /* what is wrong, or worth to know */
extern const struct record_kind record_connection; /* a connection that a process has open */

/* The value of a column in a record. */
static inline void column_get(const struct column *c, const struct record *r, struct value *v)
{
	v->kind = VALUE_NONE;
	if (c->get)
		c->get(v, r);
}

#endif
