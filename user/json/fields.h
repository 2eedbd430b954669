/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fields.h - structs as JSON objects: one table of fields of a struct writes it, reads it, and says
 * its schema. A further field is a further row.
 */
#ifndef IOPHASE_FIELDS_H
#define IOPHASE_FIELDS_H

#include "json/values.h"

enum field_type {
	FIELD_UINT, /* of `size` bytes */
	FIELD_INT,  /* of 32 bits, which may have been declared without a sign */
	FIELD_ID,   /* a pid_t: from 0 on */
	FIELD_BOOL,
	FIELD_BYTES,   /* `count` chars, any; zeros at their end are left out */
	FIELD_TEXT,    /* a char *, its own memory; NULL is left out */
	FIELD_TEXTS,   /* a struct texts */
	FIELD_WORD,    /* an enum of `size` bytes, as its word */
	FIELD_BY_WORD, /* an array of `count` numbers of `size` bytes, as an object */
	FIELD_STRUCT,  /* another table's */
	FIELD_HIST,
	FIELD_ERRORS,
};

struct field_table;

struct field {
	const char *name;
	enum field_type type;
	bool brief; /* it is in the brief form, too */
	size_t offset, size;
	unsigned int count;
	const char *(*word)(unsigned int i); /* NULL: there is none of that number */
	const struct field_table *table;
};

struct field_table {
	const struct field *field;
	size_t count;
};

/* The struct as an object; what is 0, or empty, is left out. */
struct json_object *fields_write(const struct field_table *table, const void *from, bool brief);

/*
 * Fills a zeroed struct. Returns whether the object is one of the table: with no other members, and
 * values that its fields can hold. Members that `is_other` knows are left to who calls.
 */
bool fields_read(const struct field_table *table, struct json_object *from, void *to,
		 bool (*is_other)(const char *name), struct misread *m);

#endif
