/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * json_schema.c - see json_schema.h.
 *
 * What goes in: the tables of columns and fields that are written. What comes out: a schema that
 * refuses whatever is in none of them.
 */
#include "json/schema.h"
#include "json/tables.h"
#include "sinks/json_schema.h"
#include "sinks/nested.h"

/* Of a value of a column. */
static struct json_object *schema_of_value(enum value_kind kind)
{
	struct json_object *count;

	switch (kind) {
	case VALUE_TEXT:
		return schema_type("string");
	case VALUE_DECIMAL:
		return schema_type("number");
	case VALUE_COUNTS:
		count = json_object_new_object();
		json_add(count, "type", json_object_new_array());
		json_object_array_add(json_object_object_get(count, "type"),
				      json_object_new_string("integer"));
		json_object_array_add(json_object_object_get(count, "type"),
				      json_object_new_string("null"));
		return schema_map(count);
	default:
		return schema_count();
	}
}

/* Adds columns of a kind of records. */
static void add_columns(struct json_object *properties, const struct record_kind *kind,
			enum columns_of which)
{
	for (size_t i = 0; i < kind->columns; i++)
		if (nested_has(&kind->column[i], which))
			schema_add(properties, kind->column[i].name,
				   schema_of_value(kind->column[i].kind));
}

/* Of a record of a kind. */
static struct json_object *record(const struct record_kind *kind)
{
	struct json_object *properties = json_object_new_object();

	add_columns(properties, kind, COLUMNS_OWN);
	if (kind == &record_connection)
		schema_add(properties, "books", schema_of_table(&connection_fields));
	return schema_object(properties, NULL);
}

/* Of a thread. */
static struct json_object *thread(void)
{
	struct json_object *properties = json_object_new_object();

	schema_add(properties, "tid", schema_count());
	add_columns(properties, &record_call, COLUMNS_SHARED);
	schema_add(properties, "calls", schema_array(schema_ref(record_call.name)));
	schema_add(properties, "books", schema_of_task(false));
	return schema_object(properties, "tid books");
}

/* Of a line about a process. */
static struct json_object *process(const char *type)
{
	struct json_object *properties = json_object_new_object();

	schema_add(properties, "type", schema_const(type));
	add_columns(properties, &record_process, COLUMNS_ALL);
	schema_add(properties, "calls", schema_array(schema_ref(record_call.name)));
	schema_add(properties, "exchanges", schema_array(schema_ref(record_exchange.name)));
	schema_add(properties, "connections", schema_array(schema_ref(record_connection.name)));
	schema_add(properties, "findings", schema_array(schema_ref(record_finding.name)));
	schema_add(properties, "books", schema_ref("process_books"));
	schema_add(properties, "thread_list", schema_array(schema_ref("thread")));
	return schema_object(properties, "type time interval_ns pid comm model books");
}

/* Of a line about an interval. */
static struct json_object *interval(const char *type)
{
	struct json_object *properties = json_object_new_object();
	struct json_object *loss = json_object_new_object();

	schema_add(loss, "name", schema_type("string"));
	schema_add(loss, "count", schema_count());
	schema_add(loss, "sentence", schema_type("string"));
	schema_add(properties, "type", schema_const(type));
	add_columns(properties, &record_finding, COLUMNS_SHARED);
	schema_add(properties, "processes", schema_count());
	schema_add(properties, "sums", schema_of_table(&report_sums));
	schema_add(properties, "losses", schema_array(schema_object(loss, "name count sentence")));
	schema_add(properties, "notes", schema_array(schema_type("string")));
	schema_add(properties, "findings", schema_array(schema_ref(record_finding.name)));
	schema_add(properties, "report", schema_of_table(&report_fields));
	schema_add(properties, "books", schema_of_table(&window_fields));
	return schema_object(properties,
			     "type time interval_ns processes losses notes report books");
}

/* Of the line about the run. */
static struct json_object *header(void)
{
	struct json_object *properties = json_object_new_object();
	struct json_object *histograms = json_object_new_object();

	schema_add(histograms, "pair", schema_type("string"));
	schema_add(histograms, "rule", schema_type("string"));
	schema_add(histograms, "steps", schema_count());
	schema_add(histograms, "octaves", schema_count());
	schema_add(properties, "type", schema_const("header"));
	schema_add_fields(properties, &about_fields, false);
	schema_add(properties, "realtime_minus_monotonic_ns", schema_type("integer"));
	schema_add(properties, "histograms", schema_object(histograms, "pair rule steps octaves"));
	return schema_object(properties, "type format histograms");
}

/* What the lines are made of: what stands in several of them once. */
static struct json_object *parts(void)
{
	static const struct record_kind *const kinds[] = {&record_call, &record_exchange,
							  &record_connection, &record_finding};
	struct json_object *defs = json_object_new_object();

	/* The records of calls, and the sums that they come from. */
	schema_add(defs, "sums_of_call", schema_of_table(&op_fields));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		schema_add(defs, kinds[i]->name, record(kinds[i]));
	schema_add(defs, "process_books", schema_of_task(true));
	schema_add(defs, "thread", thread());
	return defs;
}

/* Writes the schema. */
void json_schema_write(FILE *out)
{
	struct json_object *schema = json_object_new_object(), *lines = json_object_new_array();

	json_add(schema, "$schema",
		 json_object_new_string("https://json-schema.org/draft/2020-12/schema"));
	json_add(schema, "title", json_object_new_string("A line of iophase -o json:FILE"));
	json_object_array_add(lines, header());
	json_object_array_add(lines, interval("interval"));
	json_object_array_add(lines, process("process"));
	json_object_array_add(lines, interval("total"));
	json_object_array_add(lines, process("total_process"));
	json_add(schema, "oneOf", lines);
	json_add(schema, "$defs", parts());
	fputs(json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_SPACED |
							     JSON_C_TO_STRING_NOSLASHESCAPE),
	      out);
	putc('\n', out);
	json_object_put(schema);
}
