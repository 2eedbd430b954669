/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_fmt_address.c - addresses of sockets as text, whatever they are.
 */
#include <sys/socket.h>

#include "unit.h"
#include "base/fmt_address.h"

/* Checks an address of so many bytes. */
static void expect(const char *text, int family, const char *bytes, size_t length, __u16 port)
{
	struct conn_address a = {.port = port, .length = (__u16)length, .inode = 4711};

	memcpy(a.bytes, bytes, length);
	assert_string_equal(fmt_address((unsigned int)family, &a, true).s, text);
}

static void addresses_are_written_as_people_read_them(void **state)
{
	(void)state;
	expect("127.0.0.1:80", AF_INET, "\x7f\0\0\1", 4, 80);
	expect("0.0.0.0:53", AF_INET, "\0\0\0\0", 4, 53);
	expect("", AF_INET, "\0\0\0\0", 4, 0);
	expect("[::1]:65535", AF_INET6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, 65535);
	expect("[::ffff:127.0.0.1]:8080", AF_INET6, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16,
	       8080);
	expect("/run/x.sock", AF_UNIX, "/run/x.sock\0", 12, 0);
	expect("@abstract", AF_UNIX, "\0abstract", 9, 0);
	expect("@a\\x00b", AF_UNIX, "\0a\0b", 4, 0);
	expect("socket:[4711]", AF_UNIX, "", 0, 0);
	expect("", AF_APPLETALK, "", 0, 0);
}

static void no_name_has_control_over_a_terminal(void **state)
{
	char long_name[ADDRESS_MAX];
	char expected[4 * ADDRESS_MAX + 1] = "", *to = expected;

	(void)state;
	expect("/a\\x1b[31m\\x0ab", AF_UNIX, "/a\033[31m\nb", 9, 0);
	memset(long_name, 1, sizeof(long_name));
	for (size_t i = 0; i < sizeof(long_name); i++)
		to += sprintf(to, "\\x01");
	expect(expected, AF_UNIX, long_name, sizeof(long_name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_written_as_people_read_them),
		cmocka_unit_test(no_name_has_control_over_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
