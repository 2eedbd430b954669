/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * columns.h - the columns of a record: one call of one task in one period.
 */
#ifndef IOPHASE_COLUMNS_H
#define IOPHASE_COLUMNS_H

#include <stdio.h>

#include "judge/report.h"

struct record {
	const struct report *report;
	const struct report_task *task;
	const struct report_call *call;
};

struct column {
	const char *name;
	/* Writes the field: integers plain; nothing for what was not measured. */
	void (*write)(FILE *out, const struct record *r);
};

/* In the order of the CSV, to which columns are only ever appended. */
extern const struct column columns[];
extern const size_t columns_count;

/* Writes a field of CSV as RFC 4180 has it: quoted if need be, quotes doubled. */
void csv_write_field(FILE *out, const char *s);

#endif
