/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * endpoint.c - see endpoint.h.
 *
 * What goes in: a text. What comes out: its host and its port. Pure.
 */
#include <stddef.h>
#include <string.h>

#include "app/endpoint.h"
#include "base/types.h"

/* Whether a text is the number of a port. */
static bool is_port(const char *text)
{
	unsigned long number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = 10 * number + (unsigned long)(*text - '0');
		if (number > UINT16_MAX)
			return false;
	}
	return true;
}

/* Splits at the last colon; a host that has colons itself wants brackets. */
bool endpoint_split(const char *text, char host[ENDPOINT_HOST_LEN], const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;

	if (!colon || length >= ENDPOINT_HOST_LEN)
		return false;
	if (length > 1 && *text == '[' && colon[-1] == ']') {
		text++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		return false;
	}
	memcpy(host, text, length);
	host[length] = '\0';
	*port = colon + 1;
	return is_port(*port);
}
