/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_csv.c - records of one kind as CSV: RFC 4180 with lines that end in a line feed.
 *
 * What goes in: reports. What comes out: one header line, and one line per record of each report;
 * no field holds a line break. A further kind of records is a further row at the end.
 */
#include <inttypes.h>

#include "sinks/csv_field.h"
#include "sinks/sink.h"

/* Writes the header line. */
static void csv_open(struct sink_job *job)
{
	const struct record_kind *kind = job->sink->records;

	for (size_t i = 0; i < kind->columns; i++)
		fprintf(job->out, "%s%s", i ? "," : "", kind->column[i].name);
	putc('\n', job->out);
}

/* Writes the line of one record. */
static void csv_record(const struct record *r, void *context)
{
	const struct sink_job *job = context;
	const struct record_kind *kind = job->sink->records;
	struct value v;

	for (size_t i = 0; i < kind->columns; i++) {
		if (i)
			putc_unlocked(',', job->out);
		column_get(&kind->column[i], r, &v);
		if (v.kind == VALUE_DECIMAL)
			fprintf(job->out, "%" PRIu64 ".%03" PRIu64, v.integer / 1000,
				v.integer % 1000);
		else if (v.kind == VALUE_INTEGER)
			fprintf(job->out, "%" PRIu64, v.integer);
		else if (v.kind == VALUE_TEXT || v.kind == VALUE_COUNTS)
			csv_write_field(job->out, v.text);
	}
	putc('\n', job->out);
}

/* Writes the lines of one report. */
static void csv_report(struct sink_job *job, const struct report *r)
{
	job->sink->records->each(r, csv_record, job);
}

/* The rows of the intervals are all that CSV holds: there is no total. */
#define CSV(of_records, of_name, of_help)                                                          \
	{                                                                                          \
		.name = (of_name), .help = (of_help), .records = (of_records), .open = csv_open,   \
		.report = csv_report,                                                              \
	}

const struct sink sink_csv = CSV(&record_call, "csv", "CSV: a row per interval, process and call");
const struct sink sink_csv_processes =
	CSV(&record_process, "csv-processes", "CSV: a row per interval and process");
const struct sink sink_csv_findings =
	CSV(&record_finding, "csv-findings", "CSV: a row per interval and finding");
const struct sink sink_csv_exchanges =
	CSV(&record_exchange, "csv-exchanges", "CSV: a row per interval, process and role");
const struct sink sink_csv_connections =
	CSV(&record_connection, "csv-connections", "CSV: a row per interval and connection");
