/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_address.c - addresses of sockets, as the kernel half hands them over. What is printed is of
 * one line, and those of TCP and UDP are read again to the same bytes.
 */
#include <arpa/inet.h>

#include "base/fmt.h"
#include "base/fmt_address.h"
#include "fuzz.h"

/* Reads 127.0.0.1:80 or [::1]:80 again. */
static void check_inet(int family, const struct conn_address *a, char *text)
{
	uint8_t bytes[16];
	char *host = text, *colon = strrchr(text, ':');

	ENSURE(colon && atoi(colon + 1) == a->port);
	*colon = '\0';
	if (family == AF_INET6) {
		ENSURE(*host == '[' && colon[-1] == ']');
		colon[-1] = '\0';
		host++;
	}
	ENSURE(inet_pton(family, host, bytes) == 1);
	ENSURE(!memcmp(bytes, a->bytes, family == AF_INET6 ? 16 : 4));
}

/* The address of a connection. */
static void check_connection(struct fuzz_bytes *b)
{
	static const unsigned int families[] = {AF_INET, AF_INET6, AF_UNIX};
	struct conn_address a;
	struct address_text t;
	uint8_t family, utf8;

	fuzz_take(b, &family, sizeof(family));
	fuzz_take(b, &utf8, sizeof(utf8));
	fuzz_take(b, &a, sizeof(a));
	t = fmt_address(family % 4 < 3 ? families[family % 4] : family, &a, utf8 & 1);
	ENSURE(memchr(t.s, 0, sizeof(t.s)) && fuzz_is_plain(t.s));
	if (family % 4 < 2 && *t.s)
		check_inet((int)families[family % 4], &a, t.s);
}

/* The address of an upstream. */
static void check_upstream(struct fuzz_bytes *b)
{
	struct upstream_key key;
	struct address_text t;
	struct short_address s;
	char name[UNIX_NAME_LEN];

	fuzz_take(b, &key, sizeof(key));
	fuzz_take(b, name, sizeof(name));
	t = fmt_upstream(&key, name);
	s = fmt_upstream_short(&key, name);
	ENSURE(memchr(t.s, 0, sizeof(t.s)) && memchr(s.s, 0, sizeof(s.s)));
	ENSURE(fuzz_is_plain(t.s) && fuzz_is_plain(s.s));
	ENSURE(fmt_width(s.s) <= ADDRESS_SHORT && strlen(s.s) <= strlen(t.s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = {data, size};

	check_connection(&b);
	check_upstream(&b);
	return 0;
}
