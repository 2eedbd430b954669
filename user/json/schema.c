/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema.c - see schema.h.
 *
 * What goes in: tables of fields. What comes out: what writes and reads them, said as a schema.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/schema.h"
#include "json/tables.h"
#include "json/words.h"

struct json_object *schema_type(const char *type)
{
	struct json_object *schema = json_object_new_object();

	json_add(schema, "type", json_object_new_string(type));
	return schema;
}

struct json_object *schema_array(struct json_object *items)
{
	struct json_object *schema = schema_type("array");

	json_add(schema, "items", items);
	return schema;
}

struct json_object *schema_count(void)
{
	struct json_object *schema = schema_type("integer");

	json_add(schema, "minimum", json_object_new_int(0));
	return schema;
}

struct json_object *schema_ref(const char *name)
{
	struct json_object *schema = json_object_new_object();
	char place[64];

	snprintf(place, sizeof(place), "#/$defs/%s", name);
	json_add(schema, "$ref", json_object_new_string(place));
	return schema;
}

struct json_object *schema_const(const char *text)
{
	struct json_object *schema = json_object_new_object();

	json_add(schema, "const", json_object_new_string(text));
	return schema;
}

struct json_object *schema_object(struct json_object *properties, const char *required)
{
	struct json_object *schema = schema_type("object");

	json_add(schema, "properties", properties);
	if (required) {
		struct json_object *names = json_object_new_array();

		for (size_t length; *required; required += length + (required[length] == ' ')) {
			length = strcspn(required, " ");
			json_object_array_add(names,
					      json_object_new_string_len(required, (int)length));
		}
		json_add(schema, "required", names);
	}
	json_add(schema, "additionalProperties", json_object_new_boolean(false));
	return schema;
}

struct json_object *schema_map(struct json_object *of_each)
{
	struct json_object *schema = schema_type("object");

	json_add(schema, "additionalProperties", of_each);
	return schema;
}

/* Adds a property that is not there yet: two of one name would be written, and one be read. */
void schema_add(struct json_object *properties, const char *name, struct json_object *schema)
{
	if (json_object_object_get_ex(properties, name, NULL)) {
		fprintf(stderr, "iophase: two members are called %s\n", name);
		abort();
	}
	json_add(properties, name, schema);
}

/* Of a histogram: pairs. */
static struct json_object *schema_hist(void)
{
	struct json_object *pair = schema_array(schema_count());

	json_add(pair, "minItems", json_object_new_int(2));
	json_add(pair, "maxItems", json_object_new_int(2));
	return schema_array(pair);
}

/* Of the words of a field. */
static struct json_object *schema_words(const struct field *f)
{
	struct json_object *schema = json_object_new_object(), *words = json_object_new_array();

	for (unsigned int i = 0; i < f->count; i++)
		json_object_array_add(words, json_object_new_string(f->word(i)));
	json_add(schema, "enum", words);
	return schema;
}

/* Of an array of numbers by their words. */
static struct json_object *schema_by_word(const struct field *f)
{
	struct json_object *properties = json_object_new_object();

	for (unsigned int i = 0; i < f->count; i++)
		schema_add(properties, f->word(i), schema_count());
	return schema_object(properties, NULL);
}

/* Of a field. */
static struct json_object *schema_field(const struct field *f)
{
	switch (f->type) {
	case FIELD_UINT:
	case FIELD_ID:
		return schema_count();
	case FIELD_INT:
		return schema_type("integer");
	case FIELD_BOOL:
		return schema_type("boolean");
	case FIELD_BYTES:
	case FIELD_TEXT:
		return schema_type("string");
	case FIELD_TEXTS:
		return schema_array(schema_type("string"));
	case FIELD_WORD:
		return schema_words(f);
	case FIELD_BY_WORD:
		return schema_by_word(f);
	case FIELD_STRUCT:
		return schema_of_table(f->table);
	case FIELD_HIST:
		return schema_hist();
	case FIELD_ERRORS:
		return schema_map(schema_count());
	}
	return NULL;
}

void schema_add_fields(struct json_object *properties, const struct field_table *table, bool brief)
{
	for (size_t i = 0; i < table->count; i++)
		if (!brief || table->field[i].brief)
			schema_add(properties, table->field[i].name,
				   schema_field(&table->field[i]));
}

struct json_object *schema_of_table(const struct field_table *table)
{
	struct json_object *properties = json_object_new_object();

	schema_add_fields(properties, table, false);
	return schema_object(properties, NULL);
}

/* Of what the calls of a task came to. */
static struct json_object *schema_calls(void)
{
	struct json_object *properties = json_object_new_object();

	for (unsigned int op = 0; op < OPS; op++)
		if (word_of_op(op))
			schema_add(properties, word_of_op(op), schema_ref("sums_of_call"));
	return schema_object(properties, NULL);
}

/* The schema of the sums of a task. */
struct json_object *schema_of_task(bool process)
{
	struct json_object *properties = json_object_new_object();
	struct json_object *ever = json_object_new_object();

	schema_add_fields(ever, &task_fields, true);
	schema_add(ever, "calls", schema_calls());
	schema_add_fields(properties, &task_fields, false);
	schema_add(properties, "calls", schema_calls());
	schema_add(properties, "ever", schema_object(ever, "calls"));
	if (process) {
		schema_add(properties, "loops", schema_of_table(&loop_fields));
		schema_add(properties, "quiet", schema_array(schema_of_table(&quiet_fields)));
		schema_add(properties, "upstreams",
			   schema_array(schema_of_table(&upstream_fields)));
	}
	return schema_object(properties, "calls");
}
