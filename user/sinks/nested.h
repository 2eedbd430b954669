/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nested.h - records as JSON objects that lie in one another: what the object around has already
 * said is not said again.
 */
#ifndef IOPHASE_NESTED_H
#define IOPHASE_NESTED_H

#include <json-c/json.h>

#include "sinks/record.h"

/* Which columns of a kind an object has. */
enum columns_of {
	COLUMNS_ALL,
	COLUMNS_SHARED, /* that a process has, too: the same of the same task */
	COLUMNS_OWN,	/* the others */
};

/* Whether those columns have this one. */
bool nested_has(const struct column *c, enum columns_of which);

/* Adds the columns of a record to an object; what is not measured is left out. */
void nested_add(struct json_object *to, const struct record_kind *kind, const struct record *r,
		enum columns_of which);

/* The records of a kind of a task, with their own columns; NULL if there are none. */
struct json_object *nested_records(const struct record_kind *kind, const struct report *report,
				   const struct report_task *task);

#endif
