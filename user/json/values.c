/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * values.c - see values.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/xalloc.h"
#include "json/values.h"

/* Says why something cannot be read. */
bool misread_say(struct misread *m, const char *format, ...)
{
	va_list args;

	if (*m->why)
		return false;
	va_start(args, format);
	vsnprintf(m->why, sizeof(m->why), format, args);
	va_end(args);
	return false;
}

void json_add(struct json_object *to, const char *name, struct json_object *value)
{
	json_object_object_add_ex(to, name, value,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT);
}

void texts_add(struct texts *texts, const char *text)
{
	texts->text = xrealloc(texts->text, texts->count + 1, sizeof(*texts->text));
	texts->text[texts->count++] = xstrdup(text);
}

void texts_clear(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->text[i]);
	free(texts->text);
	*texts = (struct texts){0};
}

/* Any bytes as a text. */
struct json_object *json_bytes(const char *bytes, size_t length)
{
	char *text = xcalloc(length + 1, 4);
	const char *end = fmt_escaped(text, bytes, length, true);
	struct json_object *value = json_object_new_string_len(text, (int)(end - text));

	free(text);
	return value;
}

/* The bytes of a text: how many, or -1 if it is none or they are too many. */
long json_read_bytes(struct json_object *from, char *to, size_t room)
{
	if (!json_object_is_type(from, json_type_string))
		return -1;
	return fmt_unescaped(to, room, json_object_get_string(from),
			     (size_t)json_object_get_string_len(from));
}

/* The member of that name, which must be of that type. */
struct json_object *json_member(struct json_object *of, const char *name, enum json_type type,
				struct misread *m)
{
	struct json_object *member;

	if (!json_object_object_get_ex(of, name, &member)) {
		misread_say(m, "\"%s\" is missing", name);
		return NULL;
	}
	if (!json_object_is_type(member, type)) {
		misread_say(m, "\"%s\" is no %s", name, json_type_to_name(type));
		return NULL;
	}
	return member;
}

/* An integer from 0 to `max`. */
bool json_read_uint(struct json_object *from, const char *name, uint64_t max, uint64_t *to,
		    struct misread *m)
{
	/* Of a number below 0 the library makes 0. */
	if (!json_object_is_type(from, json_type_int) ||
	    (json_object_get_int64(from) < 0 && !json_object_get_uint64(from)))
		return misread_say(m, "\"%s\" is no number from 0 on", name);
	*to = json_object_get_uint64(from);
	return *to <= max || misread_say(m, "\"%s\" is too large", name);
}
