/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fields.c - see fields.h.
 *
 * What goes in: a table of fields, and a struct or an object of JSON that anybody may have made.
 * What comes out: the other one. Numbers keep all of their 64 bits, names all of their bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/fields.h"
#include "json/sums.h"

/* A number of `size` bytes. */
static uint64_t number_get(const void *from, size_t size)
{
	uint64_t wide = 0;

	/* Both architectures that there are put the low bytes first. */
	memcpy(&wide, from, size);
	return wide;
}

/* The most that such a number can be. */
static uint64_t number_max(size_t size)
{
	return size >= sizeof(uint64_t) ? UINT64_MAX : (1ULL << 8 * size) - 1;
}

/* An array of numbers by their words, NULL if all are 0. */
static struct json_object *by_word_write(const struct field *f, const char *place)
{
	struct json_object *object = NULL;

	for (unsigned int i = 0; i < f->count; i++) {
		uint64_t number = number_get(place + i * f->size, f->size);

		if (!number)
			continue;
		if (!object)
			object = json_object_new_object();
		json_add(object, f->word(i), json_object_new_uint64(number));
	}
	return object;
}

/* The texts, NULL if there are none. */
static struct json_object *texts_write(const struct texts *texts)
{
	struct json_object *array = texts->count ? json_object_new_array() : NULL;

	for (size_t i = 0; i < texts->count; i++)
		json_object_array_add(array, json_bytes(texts->text[i], strlen(texts->text[i])));
	return array;
}

/* The bytes without the zeros at their end, NULL if there are no others. */
static struct json_object *bytes_write(const char *place, size_t length)
{
	while (length && !place[length - 1])
		length--;
	return length ? json_bytes(place, length) : NULL;
}

/* The value of a field, NULL if it is 0 or empty. */
static struct json_object *field_write(const struct field *f, const char *place, bool brief)
{
	const char *text;
	uint64_t number;
	int sign;

	switch (f->type) {
	case FIELD_UINT:
	case FIELD_ID:
		number = number_get(place, f->size);
		return number ? json_object_new_uint64(number) : NULL;
	case FIELD_INT:
		memcpy(&sign, place, sizeof(sign));
		return sign ? json_object_new_int(sign) : NULL;
	case FIELD_BOOL:
		return *(const bool *)place ? json_object_new_boolean(true) : NULL;
	case FIELD_BYTES:
		return bytes_write(place, f->count);
	case FIELD_TEXT:
		memcpy(&text, place, sizeof(text));
		return text ? json_bytes(text, strlen(text)) : NULL;
	case FIELD_TEXTS:
		return texts_write((const struct texts *)place);
	case FIELD_WORD:
		number = number_get(place, f->size);
		return number ? json_object_new_string(f->word((unsigned int)number) ?: "") : NULL;
	case FIELD_BY_WORD:
		return by_word_write(f, place);
	case FIELD_STRUCT:
		return fields_write(f->table, place, brief);
	case FIELD_HIST:
		return hist_write((const struct hist *)place);
	case FIELD_ERRORS:
		return errors_write((const struct errors *)place);
	}
	return NULL;
}

/* The struct as an object. */
struct json_object *fields_write(const struct field_table *table, const void *from, bool brief)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->field[i];
		struct json_object *value;

		if (brief && !f->brief)
			continue;
		value = field_write(f, (const char *)from + f->offset, brief);
		if (value)
			json_add(object, f->name, value);
	}
	return object;
}

/* The number of a word; f->count if there is no such word. */
static unsigned int number_of_word(const struct field *f, const char *word)
{
	unsigned int i = 0;

	while (i < f->count && (!f->word(i) || strcmp(f->word(i), word)))
		i++;
	return i;
}

/* Fills an array of numbers from the object that has them by their words. */
static bool by_word_read(const struct field *f, struct json_object *from, char *place,
			 struct misread *m)
{
	if (!json_object_is_type(from, json_type_object))
		return misread_say(m, "\"%s\" is no object", f->name);
	json_object_object_foreach(from, key, value)
	{
		unsigned int i = number_of_word(f, key);
		uint64_t number;

		if (i == f->count)
			return misread_say(m, "\"%s\" has an unknown \"%.40s\"", f->name, key);
		if (!json_read_uint(value, f->name, number_max(f->size), &number, m))
			return false;
		memcpy(place + i * f->size, &number, f->size);
	}
	return true;
}

/* A text that ends with a zero byte, its own memory; NULL if it is none. */
static char *text_read(struct json_object *from)
{
	size_t room = json_object_is_type(from, json_type_string)
			      ? (size_t)json_object_get_string_len(from) + 1
			      : 1;
	char *text = xcalloc(room, 1);

	if (json_read_bytes(from, text, room - 1) >= 0 && strlen(text) < room)
		return text;
	free(text);
	return NULL;
}

/* Fills texts from an array of them. */
static bool texts_read(const struct field *f, struct json_object *from, struct texts *texts,
		       struct misread *m)
{
	if (!json_object_is_type(from, json_type_array))
		return misread_say(m, "\"%s\" is no array", f->name);
	for (size_t i = 0; i < json_object_array_length(from); i++) {
		char *text = text_read(json_object_array_get_idx(from, i));

		if (!text)
			return misread_say(m, "\"%s\" has what is no text", f->name);
		texts_add(texts, text);
		free(text);
	}
	return true;
}

/* Fills an enum from its word. */
static bool word_read(const struct field *f, struct json_object *from, char *place,
		      struct misread *m)
{
	const char *word =
		json_object_is_type(from, json_type_string) ? json_object_get_string(from) : "";
	uint64_t number = number_of_word(f, word);

	if (number == f->count)
		return misread_say(m, "\"%s\" is no word that is known", f->name);
	memcpy(place, &number, f->size);
	return true;
}

/* Fills a field of numbers of one kind or other. */
static bool number_read(const struct field *f, struct json_object *from, char *place,
			struct misread *m)
{
	uint64_t number, max = f->type == FIELD_ID ? INT32_MAX : number_max(f->size);

	if (f->type == FIELD_INT) {
		int64_t wide = json_object_get_int64(from);
		int sign = (int)wide;

		if (!json_object_is_type(from, json_type_int) || wide < INT32_MIN ||
		    wide > INT32_MAX)
			return misread_say(m, "\"%s\" is no number of 32 bits", f->name);
		memcpy(place, &sign, sizeof(sign));
		return true;
	}
	if (!json_read_uint(from, f->name, max, &number, m))
		return false;
	memcpy(place, &number, f->size);
	return true;
}

/* Fills a field. */
static bool field_read(const struct field *f, struct json_object *from, char *place,
		       struct misread *m)
{
	char *text;

	switch (f->type) {
	case FIELD_UINT:
	case FIELD_ID:
	case FIELD_INT:
		return number_read(f, from, place, m);
	case FIELD_BOOL:
		*(bool *)place = json_object_get_boolean(from);
		return json_object_is_type(from, json_type_boolean) ||
		       misread_say(m, "\"%s\" is no boolean", f->name);
	case FIELD_BYTES:
		return json_read_bytes(from, place, f->count) >= 0 ||
		       misread_say(m, "\"%s\" is no text of at most %u bytes", f->name, f->count);
	case FIELD_TEXT:
		text = text_read(from);
		memcpy(place, &text, sizeof(text));
		return text || misread_say(m, "\"%s\" is no text", f->name);
	case FIELD_TEXTS:
		return texts_read(f, from, (struct texts *)place, m);
	case FIELD_WORD:
		return word_read(f, from, place, m);
	case FIELD_BY_WORD:
		return by_word_read(f, from, place, m);
	case FIELD_STRUCT:
		return fields_read(f->table, from, place, NULL, m) ||
		       misread_say(m, "\"%s\" is no object", f->name);
	case FIELD_HIST:
		return hist_read(from, (struct hist *)place) ||
		       misread_say(m, "\"%s\" is no histogram", f->name);
	case FIELD_ERRORS:
		return errors_read(from, (struct errors *)place) ||
		       misread_say(m, "\"%s\" are no errors", f->name);
	}
	return false;
}

/* Fills a zeroed struct from an object of the table. */
bool fields_read(const struct field_table *table, struct json_object *from, void *to,
		 bool (*is_other)(const char *name), struct misread *m)
{
	if (!json_object_is_type(from, json_type_object))
		return misread_say(m, "an object is missing");
	json_object_object_foreach(from, key, value)
	{
		size_t i = 0;

		while (i < table->count && strcmp(table->field[i].name, key))
			i++;
		if (i == table->count && is_other && is_other(key))
			continue;
		if (i == table->count)
			return misread_say(m, "\"%.40s\" is not known", key);
		if (!field_read(&table->field[i], value, (char *)to + table->field[i].offset, m))
			return false;
	}
	return true;
}
