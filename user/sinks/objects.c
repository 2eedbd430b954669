/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * objects.c - see objects.h.
 *
 * What goes in: a report, and who records or shows it. What comes out: objects, without the sums
 * ("books") that a report can be made of again: who records adds these.
 */
#include <string.h>

#include "json/tables.h"
#include "sinks/nested.h"
#include "sinks/objects.h"

/* How the buckets of histograms are to be read; said once. */
static struct json_object *buckets(void)
{
	struct json_object *o = json_object_new_object();

	json_add(o, "pair", json_object_new_string("[from_ns, count]"));
	json_add(o, "rule",
		 json_object_new_string(
			 "a bucket begins at from_ns; below 16 it is 1 ns wide, else a 16th of "
			 "the largest power of two that is not above from_ns; empty ones are left "
			 "out; the last one has no end"));
	json_add(o, "steps", json_object_new_int(STEPS));
	json_add(o, "octaves", json_object_new_int(OCTAVES));
	return o;
}

/* The run. */
struct json_object *object_of_run(const struct about *about)
{
	static const struct about nothing = {.format = FORMAT_NOW};
	struct json_object *o = json_object_new_object(), *fields;

	about = about ?: &nothing;
	json_add(o, "type", json_object_new_string("header"));
	fields = fields_write(&about_fields, about, false);
	json_object_object_foreach(fields, name, value)
		json_object_object_add(o, name, json_object_get(value));
	json_object_put(fields);
	json_add(o, "realtime_minus_monotonic_ns",
		 json_object_new_int64((int64_t)(about->realtime - about->monotonic)));
	json_add(o, "histograms", buckets());
	return o;
}

/* Adds the records of a kind, if there are any. */
static void add_records(struct json_object *to, const char *name, const struct record_kind *kind,
			const struct report *r, const struct report_task *task)
{
	struct json_object *records = nested_records(kind, r, task);

	if (records)
		json_add(to, name, records);
}

/* A thread of a process. */
struct json_object *object_of_thread(const struct report *r, const struct report_task *thread)
{
	struct json_object *o = json_object_new_object();
	struct record record = {.report = r, .task = thread};

	json_add(o, "tid", json_object_new_int(thread->tid));
	nested_add(o, &record_call, &record, COLUMNS_SHARED);
	add_records(o, "calls", &record_call, r, thread);
	return o;
}

/* A process of a report. */
struct json_object *object_of_process(const struct report *r, const struct report_task *process,
				      const char *type)
{
	struct json_object *o = json_object_new_object();
	struct record record = {.report = r, .task = process};

	json_add(o, "type", json_object_new_string(type));
	nested_add(o, &record_process, &record, COLUMNS_ALL);
	add_records(o, "calls", &record_call, r, process);
	add_records(o, "exchanges", &record_exchange, r, process);
	add_records(o, "connections", &record_connection, r, process);
	add_records(o, "findings", &record_finding, r, process);
	return o;
}

/* What was lost, by name. */
static struct json_object *losses_object(const struct report *r)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < r->losses; i++) {
		struct json_object *o = json_object_new_object();

		json_add(o, "name", json_object_new_string(r->loss[i].name));
		json_add(o, "count", json_object_new_uint64(r->loss[i].count));
		json_add(o, "sentence", json_object_new_string(r->loss[i].sentence));
		json_object_array_add(array, o);
	}
	return array;
}

/* A report. */
struct json_object *object_of_report(const struct report *r, const char *type)
{
	struct json_object *o = json_object_new_object();
	struct record record = {.report = r};
	struct json_object *array = json_object_new_array();

	json_add(o, "type", json_object_new_string(type));
	nested_add(o, &record_finding, &record, COLUMNS_SHARED);
	json_add(o, "processes", json_object_new_uint64(r->processes));
	json_add(o, "sums", fields_write(&report_sums, r, false));
	json_add(o, "losses", losses_object(r));
	for (size_t i = 0; i < r->notes; i++)
		json_object_array_add(array, json_bytes(r->note[i], strlen(r->note[i])));
	json_add(o, "notes", array);
	add_records(o, "findings", &record_finding, r, NULL);
	json_add(o, "report", fields_write(&report_fields, r, false));
	return o;
}
