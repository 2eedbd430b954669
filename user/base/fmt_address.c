/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt_address.c - see fmt_address.h.
 *
 * What goes in: an address as the kernel half notes it. What comes out: text of one line that has
 * no power over a terminal.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/fmt_address.h"

/* Writes the name of a UNIX socket: a path, or, behind a zero byte, an abstract one. */
static void write_unix(struct address_text *t, const char name[UNIX_NAME_LEN])
{
	size_t length = UNIX_NAME_LEN;

	while (length && !name[length - 1])
		length--;
	if (!length) {
		strcpy(t->s, "*");
	} else if (name[0]) {
		fmt_escaped(t->s, name, strnlen(name, length), false);
	} else {
		t->s[0] = '@';
		fmt_escaped(t->s + 1, name + 1, length - 1, false);
	}
}

/* An address as text. */
struct address_text fmt_address(const struct upstream_key *key, const char name[UNIX_NAME_LEN])
{
	char ip[INET6_ADDRSTRLEN] = "";
	struct address_text t;

	if (key->family == AF_UNIX) {
		write_unix(&t, name);
	} else if (!key->port) {
		strcpy(t.s, "*:*");
	} else {
		inet_ntop(key->family, key->address, ip, sizeof(ip));
		snprintf(t.s, sizeof(t.s), key->family == AF_INET6 ? "[%s]:%u" : "%s:%u", ip,
			 key->port);
	}
	return t;
}

/* The same in few columns. */
struct short_address fmt_address_short(const struct upstream_key *key,
				       const char name[UNIX_NAME_LEN])
{
	static const char cut[] = "...";
	struct address_text whole = fmt_address(key, name);
	size_t length = strlen(whole.s), room = ADDRESS_SHORT - strlen(cut);
	struct short_address t;

	if (length <= ADDRESS_SHORT)
		memcpy(t.s, whole.s, length + 1);
	else
		snprintf(t.s, sizeof(t.s), "%s%s", cut, whole.s + length - room);
	return t;
}
