/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fmt_address.c - see fmt_address.h.
 *
 * What goes in: an address as the kernel half has it. What comes out: text of one line that has no
 * power over a terminal.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "base/fmt_address.h"

/* An address of TCP or UDP; none where neither address nor port is known, as of a UDP socket's
 * peer. */
static void write_inet(struct address_text *t, int family, const struct conn_address *a)
{
	static const __u8 none[ADDRESS_MAX];
	char host[INET6_ADDRSTRLEN];

	if (!a->port && !memcmp(a->bytes, none, sizeof(none)))
		return;
	if (inet_ntop(family, a->bytes, host, sizeof(host)))
		snprintf(t->s, sizeof(t->s), family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
			 a->port);
}

/* The name of a UNIX socket; one that begins with a NUL is in no file system. */
static void write_unix(struct address_text *t, const struct conn_address *a, bool utf8)
{
	size_t length = a->length < ADDRESS_MAX ? a->length : ADDRESS_MAX;
	const char *name = (const char *)a->bytes;

	if (length && !name[0]) {
		t->s[0] = '@';
		fmt_escaped(t->s + 1, name + 1, length - 1, utf8);
	} else if (length) {
		fmt_escaped(t->s, name, strnlen(name, length), utf8);
	} else if (a->inode) {
		snprintf(t->s, sizeof(t->s), "socket:[%u]", a->inode);
	}
}

/* An address as text. */
struct address_text fmt_address(unsigned int family, const struct conn_address *a, bool utf8)
{
	struct address_text t = {""};

	if (family == AF_INET || family == AF_INET6)
		write_inet(&t, (int)family, a);
	else if (family == AF_UNIX)
		write_unix(&t, a, utf8);
	return t;
}

/* That of an upstream. */
struct address_text fmt_upstream(const struct upstream_key *key, const char name[UNIX_NAME_LEN])
{
	struct conn_address a = {.port = key->port, .length = UNIX_NAME_LEN};

	if (key->family == AF_UNIX) {
		memcpy(a.bytes, name, UNIX_NAME_LEN);
		while (a.length && !a.bytes[a.length - 1])
			a.length--;
		if (!a.length)
			return (struct address_text){"*"};
	} else if (!key->port) {
		return (struct address_text){"*:*"};
	} else {
		memcpy(a.bytes, key->address, sizeof(key->address));
	}
	return fmt_address(key->family, &a, false);
}

/* The same in few columns. */
struct short_address fmt_upstream_short(const struct upstream_key *key,
					const char name[UNIX_NAME_LEN])
{
	static const char cut[] = "...";
	struct address_text whole = fmt_upstream(key, name);
	size_t length = strlen(whole.s), room = ADDRESS_SHORT - strlen(cut);
	struct short_address t;

	if (length <= ADDRESS_SHORT)
		memcpy(t.s, whole.s, length + 1);
	else
		snprintf(t.s, sizeof(t.s), "%s%s", cut, whole.s + length - room);
	return t;
}
