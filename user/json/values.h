/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * values.h - what all of this room does with values of JSON.
 */
#ifndef IOPHASE_JSON_VALUES_H
#define IOPHASE_JSON_VALUES_H

#include <json-c/json.h>

#include "base/types.h"

struct texts {
	char **text;
	size_t count;
};

/* Why something cannot be read: a sentence without an end. */
struct misread {
	char why[160];
};

/* Says why; returns false. The first reason stays. */
__attribute__((format(printf, 2, 3))) bool misread_say(struct misread *m, const char *format, ...);

/* Adds a member of a constant name that the object has not. */
void json_add(struct json_object *to, const char *name, struct json_object *value);

/* Any bytes as a text, and back into memory of `room` bytes: how many, or -1. */
struct json_object *json_bytes(const char *bytes, size_t length);
long json_read_bytes(struct json_object *from, char *to, size_t room);

/* The member of that name and type, NULL if there is none, or one of another type: then it is said.
 */
struct json_object *json_member(struct json_object *of, const char *name, enum json_type type,
				struct misread *m);

/* An integer from 0 to `max`. */
bool json_read_uint(struct json_object *from, const char *name, uint64_t max, uint64_t *to,
		    struct misread *m);

void texts_add(struct texts *texts, const char *text);
void texts_clear(struct texts *texts);

#endif
