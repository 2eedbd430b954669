/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ports.c - see ports.h.
 *
 * What goes in: ports, or their text. What comes out: a text that has room.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ports.h"

enum {
	ONE_LEN = 12, /* of "65535/udp" or "+4294967295", and a zero */
};

/* The order of ports: those of TCP first, then by number. */
static int compare(const void *a, const void *b)
{
	const struct port *x = a, *y = b;

	if (x->udp != y->udp)
		return x->udp ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

/* Takes out what is there twice from sorted ports; how many are left. */
static size_t unify(struct port *port, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!kept || compare(&port[kept - 1], &port[i]))
			port[kept++] = port[i];
	return kept;
}

/* Writes the ports. */
void ports_write(char text[PORTS_LEN], struct port *port, size_t count)
{
	size_t used = 0, i = 0;

	if (count)
		qsort(port, count, sizeof(*port), compare);
	count = unify(port, count);
	snprintf(text, PORTS_LEN, "%s", count ? "" : PORTS_NONE);
	for (; i < count; i++) {
		/* Behind any but the last there must be room for how many more there are. */
		size_t room = PORTS_LEN - (i + 1 < count ? ONE_LEN : 0);
		char one[ONE_LEN];
		int length = snprintf(one, sizeof(one), "%s%u%s", i ? "," : "", port[i].number,
				      port[i].udp ? "/udp" : "");

		if (used + (size_t)length >= room)
			break;
		memcpy(text + used, one, (size_t)length + 1);
		used += (size_t)length;
	}
	if (i < count)
		snprintf(text + used, PORTS_LEN - used, "+%u", (unsigned int)(count - i));
}

/* Cuts the text. */
void ports_cut(char *text, size_t columns)
{
	char *plus = strrchr(text, '+'), *end = plus ? plus : text + strlen(text);
	unsigned long more =
		plus && isdigit((unsigned char)plus[1]) ? strtoul(plus + 1, NULL, 10) : 0;
	char rest[24] = "";

	if (strlen(text) <= columns)
		return;
	for (;;) {
		char *comma = end;

		do
			comma--;
		while (comma > text && *comma != ',');
		if (comma <= text)
			break;
		end = comma;
		snprintf(rest, sizeof(rest), "+%lu", ++more);
		if ((size_t)(end - text) + strlen(rest) <= columns)
			break;
	}
	/* In a text of anybody's making there may be nothing between two commas. */
	if (*rest && strlen(rest) <= strlen(end))
		memcpy(end, rest, strlen(rest) + 1);
}
