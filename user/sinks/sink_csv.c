/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_csv.c - reports as CSV: RFC 4180 with lines that end in a line feed.
 *
 * What goes in: reports. What comes out: one header line, and one line per call and process of each
 * report (per call and thread, if the report has threads); no field holds a line break.
 */
#include "sinks/columns.h"
#include "sinks/sink.h"

/* Writes the header line. */
static int csv_begin(FILE *out, const struct style *style)
{
	(void)style;
	sink_start();
	for (size_t i = 0; i < columns_count; i++)
		fprintf(out, "%s%s", i ? "," : "", columns[i].name);
	putc('\n', out);
	return sink_flush(out);
}

/* Writes one line per call of the task. */
static void csv_task(FILE *out, const struct report *r, const struct report_task *task)
{
	for (size_t i = 0; i < task->calls; i++) {
		struct record record = {r, task, &task->call[i]};

		for (size_t c = 0; c < columns_count; c++) {
			if (c)
				putc(',', out);
			columns[c].write(out, &record);
		}
		putc('\n', out);
	}
}

/* Writes the lines of one report. */
static int csv_report(FILE *out, const struct report *r, const struct style *style)
{
	(void)style;
	sink_start();
	for (size_t i = 0; i < r->processes; i++) {
		if (!r->has_threads)
			csv_task(out, r, &r->process[i]);
		for (size_t t = 0; t < r->process[i].thread_count; t++)
			csv_task(out, r, &r->process[i].thread[t]);
	}
	return sink_flush(out);
}

/* Flushes what is left. */
static int csv_end(FILE *out, const struct style *style)
{
	(void)style;
	sink_start();
	return sink_flush(out);
}

const struct sink sink_csv = {
	.name = "csv",
	.begin = csv_begin,
	.report = csv_report,
	.end = csv_end,
};
