/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * objects.h - a run, a report and its processes as JSON objects: what the columns of all records
 * say, nested.
 */
#ifndef IOPHASE_OBJECTS_H
#define IOPHASE_OBJECTS_H

#include <json-c/json.h>

#include "sinks/record.h"

struct about;

/* The run (NULL: nothing is known of it). */
struct json_object *object_of_run(const struct about *about);

/* A report, without its processes. */
struct json_object *object_of_report(const struct report *r, const char *type);

/* A process of a report, without its threads. */
struct json_object *object_of_process(const struct report *r, const struct report_task *process,
				      const char *type);

/* A thread of a process. */
struct json_object *object_of_thread(const struct report *r, const struct report_task *thread);

#endif
