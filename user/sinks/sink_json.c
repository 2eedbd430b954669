/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_json.c - all that a report knows as NDJSON: an object about the run, then for each interval
 * one about it and one for each of its processes.
 *
 * What goes in: reports, and the windows that they were made of. What comes out: what the columns
 * of all records say, nested, and under "books" the sums from which a report can be made again.
 */
#include <stdio.h>
#include <string.h>

#include "json/tables.h"
#include "json/window.h"
#include "sinks/nested.h"
#include "sinks/sink.h"

/* Writes an object without what closes it, or whole. */
static void put(FILE *out, struct json_object *object, bool open)
{
	size_t length;
	const char *text = json_object_to_json_string_length(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

	fwrite(text, 1, length - open, out);
	json_object_put(object);
}

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

/* Writes the object about the run. */
static void json_open(struct sink_job *job)
{
	static const struct about nothing = {.format = FORMAT_NOW};
	const struct about *about = job->about ?: &nothing;
	struct json_object *o = json_object_new_object(), *fields;

	json_add(o, "type", json_object_new_string("header"));
	fields = fields_write(&about_fields, about, false);
	json_object_object_foreach(fields, name, value)
		json_object_object_add(o, name, json_object_get(value));
	json_object_put(fields);
	json_add(o, "realtime_minus_monotonic_ns",
		 json_object_new_int64((int64_t)(about->realtime - about->monotonic)));
	json_add(o, "histograms", buckets());
	put(job->out, o, false);
	putc('\n', job->out);
}

/* Adds the records of a kind, if there are any. */
static void add_records(struct json_object *to, const char *name, const struct record_kind *kind,
			const struct report *r, const struct report_task *task)
{
	struct json_object *records = nested_records(kind, r, task);

	if (records)
		json_add(to, name, records);
}

/* The thread of a process. */
static struct json_object *thread_object(const struct report *r, const struct report_task *process,
					 const struct report_task *thread)
{
	struct json_object *o = json_object_new_object();
	struct record record = {.report = r, .task = thread};

	json_add(o, "tid", json_object_new_int(thread->tid));
	nested_add(o, &record_call, &record, COLUMNS_SHARED);
	add_records(o, "calls", &record_call, r, thread);
	json_add(o, "books", window_write_thread(r->window, process->pid, thread->tid));
	return o;
}

/* Writes a process; its threads one by one, for they may be many. */
static void put_process(FILE *out, const struct report *r, const struct report_task *process,
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
	json_add(o, "books", window_write_process(r->window, process->pid));
	put(out, o, true);
	for (size_t i = 0; i < process->thread_count; i++) {
		fputs(i ? "," : ",\"thread_list\":[", out);
		put(out, thread_object(r, process, &process->thread[i]), false);
	}
	fputs(process->thread_count ? "]}\n" : "}\n", out);
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

/* Writes what is said of an interval, or of all of them. */
static void put_interval(FILE *out, const struct report *r, const char *type)
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
	json_add(o, "books", fields_write(&window_fields, r->window, false));
	put(out, o, false);
	putc('\n', out);
}

/* Writes the objects of a report. */
static void put_report(FILE *out, const struct report *r, const char *type, const char *of_process)
{
	put_interval(out, r, type);
	for (size_t i = 0; i < r->processes; i++)
		put_process(out, r, &r->process[i], of_process);
}

/* Writes those of an interval, or of the whole time if there is only that. */
static void json_report(struct sink_job *job, const struct report *r)
{
	put_report(job->out, r, "interval", "process");
}

/* Writes those of the whole time: by other names, lest who adds up intervals count it twice. */
static void json_total(struct sink_job *job, const struct report *r)
{
	put_report(job->out, r, "total", "total_process");
}

const struct sink sink_json = {
	.name = "json",
	.help = "JSON: all of it, a line per interval and process",
	.records_all = true,
	.open = json_open,
	.report = json_report,
	.total = json_total,
};
