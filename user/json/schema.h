/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * schema.h - parts of JSON Schema (2020-12).
 */
#ifndef IOPHASE_JSON_SCHEMA_H
#define IOPHASE_JSON_SCHEMA_H

#include "json/fields.h"

/* A schema of values of one type; of an array with these items. */
struct json_object *schema_type(const char *type);
struct json_object *schema_array(struct json_object *items);

/* A schema of integers from 0 on. */
struct json_object *schema_count(void);

/* A schema that stands elsewhere: in $defs, by that name. */
struct json_object *schema_ref(const char *name);

/* A schema of what is nothing but this text. */
struct json_object *schema_const(const char *text);

/* A schema of an object with these properties and no others; `required`: names with blanks between
 * them, or NULL. */
struct json_object *schema_object(struct json_object *properties, const char *required);

/* A schema of an object whose members have names that are not told, and this schema. */
struct json_object *schema_map(struct json_object *of_each);

/* Adds a property that is not there yet. */
void schema_add(struct json_object *properties, const char *name, struct json_object *schema);

/* Adds the fields of a table to properties. */
void schema_add_fields(struct json_object *properties, const struct field_table *table, bool brief);

/* A schema of the objects of a table. */
struct json_object *schema_of_table(const struct field_table *table);

/* The schema of the sums of a task, with or without what only a process has; "sums_of_call" in
 * $defs is that of op_fields. */
struct json_object *schema_of_task(bool process);

#endif
