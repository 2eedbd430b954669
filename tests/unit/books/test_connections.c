/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_connections.c - connections in their order, those that matter most kept.
 */
#include <sys/socket.h>

#include "unit.h"
#include "books/connections.h"

/* A row in which every key has another value. */
static struct conn_row row_of(unsigned int role)
{
	return (struct conn_row){
		.role = (__u8)role,
		.sums = {.ns = {[CONN_IDLE] = 1,
				[CONN_READY] = 20,
				[CONN_SERVICE] = 300,
				[CONN_BLOCKED] = 4000,
				[CONN_ASKED] = 50000},
			 .reads = 6,
			 .bytes_in = 70,
			 .bytes_out = 700},
	};
}

static void each_key_has_its_value(void **state)
{
	const struct conn_row server = row_of(ROLE_SERVER), client = row_of(ROLE_CLIENT);

	(void)state;
	assert_int_equal(connection_value(&server, KEY_RESPONSE), 320);
	assert_int_equal(connection_value(&client, KEY_RESPONSE), 50000);
	assert_int_equal(connection_value(&server, KEY_QUEUEING), 20);
	assert_int_equal(connection_value(&server, KEY_SERVICE), 300);
	assert_int_equal(connection_value(&server, KEY_BLOCKED), 4000);
	assert_int_equal(connection_value(&server, KEY_BYTES), 770);
	assert_int_equal(connection_value(&server, KEY_READS), 6);
}

/* The value of the i-th of many connections, which are in no order. */
static uint64_t reads_of(uint64_t i)
{
	return i * 7919 % 10007;
}

/* However many there are, the first N of all of them are kept, in their order. */
static void those_that_matter_most_are_kept(void **state)
{
	enum { COUNT = 3000 };

	(void)state;
	for (size_t keep = 0; keep <= 500; keep += 125) {
		struct connection_list few = {.key = KEY_READS, .keep = keep};
		struct connection_list all = {.key = KEY_READS};

		for (uint64_t i = 0; i < COUNT; i++) {
			struct conn_row row = {.tgid = 1, .fd = (__u32)i};

			row.sums.reads = reads_of(i);
			connections_add(&few, &row);
			connections_add(&all, &row);
		}
		connections_sort(&few);
		connections_sort(&all);
		assert_int_equal(few.all, COUNT);
		assert_int_equal(few.count, keep ? keep : COUNT);
		assert_true(!keep || few.room <= 2 * (2 * keep + 64));
		for (size_t i = 0; i < few.count; i++)
			assert_int_equal(few.connection[i].row.fd, all.connection[i].row.fd);
		for (size_t i = 1; i < all.count; i++)
			assert_true(all.connection[i - 1].row.sums.reads >=
				    all.connection[i].row.sums.reads);
		connections_clear(&few);
		connections_clear(&all);
	}
}

static void of_equal_ones_the_order_is_the_same(void **state)
{
	struct connection_list list = {0};
	const struct conn_row rows[] = {
		{.tgid = 2, .tid = 2, .fd = 3},
		{.tgid = 1, .tid = 3, .fd = 1},
		{.tgid = 1, .tid = 1, .fd = 9},
		{.tgid = 1, .tid = 1, .fd = 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		connections_add(&list, &rows[i]);
	connections_sort(&list);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(list.connection[i].row.fd, rows[ARRAY_SIZE(rows) - 1 - i].fd);
	connections_clear(&list);
}

static void what_it_goes_over_has_a_name(void **state)
{
	static const struct {
		const char *kind;
		struct conn_row row;
	} rows[] = {
		{"tcp", {.family = AF_INET, .type = SOCK_STREAM, .protocol = 6}},
		{"tcp", {.family = AF_INET6, .type = SOCK_STREAM, .protocol = 6}},
		{"udp", {.family = AF_INET, .type = SOCK_DGRAM, .protocol = 17}},
		{"mptcp", {.family = AF_INET, .type = SOCK_STREAM, .protocol = 262}},
		{"ip", {.family = AF_INET, .type = SOCK_DGRAM, .protocol = 1}},
		{"unix", {.family = AF_UNIX, .type = SOCK_STREAM}},
		{"unix-dgram", {.family = AF_UNIX, .type = SOCK_DGRAM}},
		{"unix-seqpacket", {.family = AF_UNIX, .type = SOCK_SEQPACKET}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(connection_kind(&rows[i].row), rows[i].kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_has_its_value),
		cmocka_unit_test(those_that_matter_most_are_kept),
		cmocka_unit_test(of_equal_ones_the_order_is_the_same),
		cmocka_unit_test(what_it_goes_over_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
