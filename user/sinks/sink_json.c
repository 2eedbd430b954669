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
#include "sinks/objects.h"
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

/* Writes the object about the run. */
static void json_open(struct sink_job *job)
{
	put(job->out, object_of_run(job->about), false);
	putc('\n', job->out);
}

/* The thread of a process, with its sums. */
static struct json_object *thread_object(const struct report *r, const struct report_task *process,
					 const struct report_task *thread)
{
	struct json_object *o = object_of_thread(r, thread);

	json_add(o, "books", window_write_thread(r->window, process->pid, thread->tid));
	return o;
}

/* Writes a process; its threads one by one, for they may be many. */
static void put_process(FILE *out, const struct report *r, const struct report_task *process,
			const char *type)
{
	struct json_object *o = object_of_process(r, process, type);

	json_add(o, "books", window_write_process(r->window, process->pid));
	put(out, o, true);
	for (size_t i = 0; i < process->thread_count; i++) {
		fputs(i ? "," : ",\"thread_list\":[", out);
		put(out, thread_object(r, process, &process->thread[i]), false);
	}
	fputs(process->thread_count ? "]}\n" : "}\n", out);
}

/* Writes the objects of a report. */
static void put_report(FILE *out, const struct report *r, const char *type, const char *of_process)
{
	struct json_object *o = object_of_report(r, type);

	json_add(o, "books", fields_write(&window_fields, r->window, false));
	put(out, o, false);
	putc('\n', out);
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
