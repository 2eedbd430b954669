/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * negotiate.c - see negotiate.h.
 *
 * What goes in: headers as RFC 9110 has them, with whatever is in them. What comes out: a choice.
 * Pure. What cannot be read is as good as not said.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "app/negotiate.h"

enum {
	WEIGHT_FULL = 1000,
	WEIGHT_NONE = -1, /* it was not named */
};

/* A part of a header, from `text` on. */
struct part {
	const char *text;
	size_t length;
};

/* Cuts blanks off both ends. */
static struct part trim(struct part p)
{
	while (p.length && isspace((unsigned char)*p.text))
		p.text++, p.length--;
	while (p.length && isspace((unsigned char)p.text[p.length - 1]))
		p.length--;
	return p;
}

/* Takes what is before the next `sign` from a text, and leaves *text behind it; a sign between
 * quotes is none. */
static struct part take(struct part *text, char sign)
{
	bool quoted = false;
	size_t length = 0;
	struct part first;

	for (; length < text->length && (quoted || text->text[length] != sign); length++)
		if (text->text[length] == '"')
			quoted = !quoted;
		else if (quoted && text->text[length] == '\\' && length + 1 < text->length)
			length++;
	first = (struct part){text->text, length};
	length += length < text->length;
	text->text += length;
	text->length -= length;
	return trim(first);
}

/* Cuts blanks off a value, and quotes: version="1.0.0" is version=1.0.0. */
static struct part unquote(struct part p)
{
	p = trim(p);
	if (p.length >= 2 && p.text[0] == '"' && p.text[p.length - 1] == '"')
		p.text++, p.length -= 2;
	return p;
}

/* Whether a part is a word, in whatever case. */
static bool is(struct part p, const char *word)
{
	return p.length == strlen(word) && !strncasecmp(p.text, word, p.length);
}

/* A weight "0.5" in thousandths; WEIGHT_FULL where it is none. */
static int read_weight(struct part p)
{
	int weight, digit = 100;

	if (!p.length || (*p.text != '0' && *p.text != '1'))
		return WEIGHT_FULL;
	weight = *p.text == '1' ? WEIGHT_FULL : 0;
	for (size_t i = 2; i < p.length && i < 5 && p.text[1] == '.'; i++, digit /= 10)
		if (isdigit((unsigned char)p.text[i]))
			weight += digit * (p.text[i] - '0');
	return weight < WEIGHT_FULL ? weight : WEIGHT_FULL;
}

/* The parameters of an item: its weight, and whether a version that it wants is one that we have.
 */
static int weight_of(struct part parameters, const char *const *versions)
{
	int weight = WEIGHT_FULL;
	bool known = true;

	while (parameters.length) {
		struct part value = take(&parameters, ';'), name = take(&value, '=');

		value = unquote(value);
		if (is(name, "q")) {
			weight = read_weight(value);
		} else if (versions && is(name, "version")) {
			known = false;
			for (size_t i = 0; versions[i]; i++)
				known |= is(value, versions[i]);
		}
	}
	return known ? weight : WEIGHT_NONE;
}

/* The larger one. */
static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* The dialect: OpenMetrics where it is named and nothing that we have is preferred. */
enum dialect negotiate_dialect(const char *accept)
{
	static const char *const open_versions[] = {"1.0.0", "0.0.1", NULL};
	static const char *const text_versions[] = {"0.0.4", NULL};
	struct part rest = {accept ? accept : "", accept ? strlen(accept) : 0};
	int open = WEIGHT_NONE, text = WEIGHT_NONE;

	while (rest.length) {
		struct part item = take(&rest, ','), type = take(&item, ';');

		if (is(type, "application/openmetrics-text"))
			open = larger(open, weight_of(item, open_versions));
		else if (is(type, "text/plain"))
			text = larger(text, weight_of(item, text_versions));
	}
	return open > 0 && open >= text ? DIALECT_OPENMETRICS : DIALECT_PROMETHEUS;
}

/* Whether gzip is taken: it is named, or anything is, and not with a weight of 0. */
bool negotiate_gzip(const char *accept_encoding)
{
	struct part rest = {accept_encoding ? accept_encoding : "",
			    accept_encoding ? strlen(accept_encoding) : 0};
	int gzip = WEIGHT_NONE, any = WEIGHT_NONE;

	while (rest.length) {
		struct part item = take(&rest, ','), name = take(&item, ';');

		if (is(name, "gzip") || is(name, "x-gzip"))
			gzip = weight_of(item, NULL);
		else if (is(name, "*"))
			any = weight_of(item, NULL);
	}
	return gzip != WEIGHT_NONE ? gzip > 0 : any > 0;
}
