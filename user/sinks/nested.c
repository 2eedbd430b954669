/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nested.c - see nested.h.
 *
 * What goes in: tables of columns, and records. What comes out: objects. A further column is here
 * by itself.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/tables.h"
#include "sinks/nested.h"

/* Whether a column is of the process, by whatever record it is told. */
static bool is_shared(const struct column *c)
{
	for (size_t i = 0; i < record_process.columns; i++)
		if (record_process.column[i].get == c->get)
			return true;
	return false;
}

/* Whether those columns have this one. */
bool nested_has(const struct column *c, enum columns_of which)
{
	return c->get && (which == COLUMNS_ALL || is_shared(c) == (which == COLUMNS_SHARED));
}

/* A text of NAME=INTEGER as an object; null where the integer is missing. */
static struct json_object *counts_value(const char *text)
{
	struct json_object *object = json_object_new_object();

	while (*text) {
		size_t length = strcspn(text, "=");
		struct json_object *count = NULL;
		char name[64], *end;

		snprintf(name, sizeof(name), "%.*s", (int)length, text);
		text += length + (text[length] == '=');
		if (*text && *text != ' ') {
			count = json_object_new_uint64(strtoull(text, &end, 10));
			text = end;
		}
		json_object_object_add(object, name, count);
		text += *text == ' ';
	}
	return object;
}

/* A value; NULL if it is not measured. */
static struct json_object *value_of(const struct value *v)
{
	char decimal[32];

	switch (v->kind) {
	case VALUE_NONE:
		break;
	case VALUE_INTEGER:
		return json_object_new_uint64(v->integer);
	case VALUE_DECIMAL:
		snprintf(decimal, sizeof(decimal), "%" PRIu64 ".%03" PRIu64, v->integer / 1000,
			 v->integer % 1000);
		return json_object_new_double_s((double)v->integer / 1000, decimal);
	case VALUE_COUNTS:
		return counts_value(v->text);
	case VALUE_TEXT:
		return json_object_new_string(v->text);
	}
	return NULL;
}

/* Adds the columns of a record to an object. */
void nested_add(struct json_object *to, const struct record_kind *kind, const struct record *r,
		enum columns_of which)
{
	for (size_t i = 0; i < kind->columns; i++) {
		struct json_object *value;
		struct value v;

		if (!nested_has(&kind->column[i], which))
			continue;
		column_get(&kind->column[i], r, &v);
		value = value_of(&v);
		if (value)
			json_add(to, kind->column[i].name, value);
	}
}

/* What the records of a task are gathered in. */
struct gathering {
	const struct record_kind *kind;
	struct json_object *array;
};

/* Adds a record. */
static void gather(const struct record *r, void *context)
{
	struct gathering *g = context;
	struct json_object *object = json_object_new_object();

	nested_add(object, g->kind, r, COLUMNS_OWN);
	if (r->connection)
		json_add(object, "books",
			 fields_write(&connection_fields, &r->connection->row, false));
	if (!g->array)
		g->array = json_object_new_array();
	json_object_array_add(g->array, object);
}

/* The records of a kind of a task. */
struct json_object *nested_records(const struct record_kind *kind, const struct report *report,
				   const struct report_task *task)
{
	struct gathering g = {.kind = kind};

	kind->each_of(report, task, gather, &g);
	return g.array;
}
