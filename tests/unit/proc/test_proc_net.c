/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc_net.c - lines of the kernel's tables of sockets, of which some wait for clients.
 */
#include "proc/proc_net.h"
#include "proc_tree.h"

static void lines_of_the_kernel(void **state)
{
	static const struct {
		const char *line;
		bool udp, waits, more;
		uint16_t port;
		uint64_t inode;
	} cases[] = {
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
		 "timeout inode",
		 false, false, true, 0, 0},
		{"   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   110  "
		 "      0 18446744073709551615 1 0000000000000000 100 0 0 10 0",
		 false, true, true, 5432, UINT64_MAX},
		{"  10: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 "
		 "0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0000000000000000 100",
		 false, true, true, 22, 2},
		/* The first that does not listen: none behind it does. */
		{"   1: 0100007F:1538 0100007F:A000 01 00000000:00000000 00:00000000 00000000   110  "
		 "      0 7 1 0000000000000000 20 4 30 10 -1",
		 false, false, false, 0, 0},
		{"1234: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101  "
		 "      0 8 2 0000000000000000 0",
		 true, true, true, 53, 8},
		{"1234: 0100007F:0035 0100007F:1000 01 00000000:00000000 00:00000000 00000000   101  "
		 "      0 8 2 0000000000000000 0",
		 true, false, true, 0, 0},
		{"   0: 0100007F:1538 00000000:0000 0A", false, false, true, 0, 0},
		{"", false, false, true, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint16_t port = 0;
		uint64_t inode = 0;
		bool more;

		assert_int_equal(proc_net_waits(cases[i].line, cases[i].udp, &port, &inode, &more),
				 cases[i].waits);
		assert_int_equal(more, cases[i].more);
		assert_int_equal(port, cases[i].port);
		assert_int_equal(inode, cases[i].inode);
	}
}

static void a_process_without_a_network_has_no_sockets(void **state)
{
	struct socket_list sockets = {0};

	(void)state;
	put("7/status", "");
	assert_int_equal(proc_net_waiting(7, 80, &sockets), 0);
	assert_int_equal(sockets.count, 0);
	assert_int_equal(proc_has_socket(7, &sockets), 0);
	assert_true(proc_has_sockets(7) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_kernel),
		made_up(a_process_without_a_network_has_no_sockets),
	};

	return cmocka_run_group_tests_name("proc_net", tests, NULL, NULL);
}
