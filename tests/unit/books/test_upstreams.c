/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_upstreams.c - sums by address: in order, added up, and what they grew by.
 */
#include "unit.h"
#include "books/upstreams.h"
#include "common/hist.h"

static const char no_name[UNIX_NAME_LEN];

/* Adds an upstream of a process: so many answers, each after so long (ns), on so many connections.
 */
static void add(struct upstream_list *list, unsigned int pid, unsigned int port, uint64_t asked,
		uint64_t ns, uint64_t connections)
{
	struct upstream_key key = {.tgid = pid, .family = 2, .port = (__u16)port, .address = {1}};
	struct upstream_sums *sum = upstreams_add(list, &key, no_name);
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = asked;
	hist_add_octave(&sum->took, bucket / STEPS, &o);
	sum->asked = asked;
	sum->ns = asked * ns;
	sum->max = ns;
	sum->connections = connections;
	sum->connections_ever = connections;
}

static void assert_sum(const struct upstream_sums *s, unsigned int pid, unsigned int port,
		       uint64_t asked, uint64_t ns)
{
	assert_int_equal(s->key.tgid, pid);
	assert_int_equal(s->key.port, port);
	assert_int_equal(s->asked, asked);
	assert_int_equal(s->ns, ns);
	assert_int_equal(hist_count(&s->took), asked);
}

static void those_of_one_key_become_one(void **state)
{
	struct upstream_list list = {0};

	(void)state;
	for (int i = 0; i < 100; i++) {
		add(&list, 300, 80, 1, 10, 1);
		add(&list, 7, 81, 2, 1000, 0);
		add(&list, 7, 80, 3, 2000, 2);
	}
	upstreams_sort(&list);
	assert_int_equal(list.count, 3);
	assert_sum(&list.sum[0], 7, 80, 300, 600000);
	assert_sum(&list.sum[1], 7, 81, 200, 200000);
	assert_sum(&list.sum[2], 300, 80, 100, 1000);
	assert_int_equal(list.sum[0].max, 2000);
	assert_int_equal(list.sum[0].connections, 200);
	upstreams_clear(&list);
}

static void processes_are_joined_by_address(void **state)
{
	struct upstream_list list = {0}, family = {0};

	(void)state;
	add(&list, 6, 80, 1, 100, 1);
	add(&list, 7, 80, 2, 300, 1);
	add(&list, 7, 81, 4, 1000, 1);
	add(&list, 9, 80, 8, 100, 1);
	upstreams_sort(&list);
	upstreams_join(&family, 6, &list, 7);
	upstreams_join(&family, 6, &list, 8);
	upstreams_join(&family, 6, &list, 6);
	upstreams_sort(&family);
	assert_int_equal(family.count, 2);
	assert_sum(&family.sum[0], 6, 80, 3, 700);
	assert_sum(&family.sum[1], 6, 81, 4, 4000);
	assert_int_equal(family.sum[0].max, 300);
	/* What was joined is as it was. */
	assert_sum(&list.sum[0], 6, 80, 1, 100);
	upstreams_clear(&family);
	upstreams_clear(&list);
}

static void a_window_has_what_was_answered_in_it(void **state)
{
	struct upstream_list earlier = {0}, later = {0}, window = {0};

	(void)state;
	add(&earlier, 5, 80, 10, 1000000, 2);
	add(&earlier, 5, 81, 10, 100, 2);
	add(&later, 5, 80, 10, 1000000, 2);
	add(&later, 5, 80, 3, 100, 1);
	add(&later, 5, 81, 10, 100, 2);
	add(&later, 5, 82, 7, 100, 4);
	upstreams_sort(&earlier);
	upstreams_sort(&later);
	later.sum[0].connections_ever = 2;
	upstreams_diff(&window, &earlier, &later, false);
	assert_int_equal(window.count, 2);
	assert_sum(&window.sum[0], 5, 80, 3, 300);
	/* The longest was before: known to the bucket. */
	assert_uint_in_range(window.sum[0].max, 100, 107);
	assert_int_equal(window.sum[0].connections, 1);
	assert_sum(&window.sum[1], 5, 82, 7, 700);
	assert_int_equal(window.sum[1].connections, 4);
	upstreams_clear(&window);
	/* In all, one that went on counts once. */
	upstreams_diff(&window, &earlier, &later, true);
	assert_int_equal(window.sum[0].connections, 0);
	upstreams_clear(&window);
	upstreams_clear(&earlier);
	upstreams_clear(&later);
}

static void without_any_there_is_none(void **state)
{
	struct upstream_list none = {0}, window = {0};

	(void)state;
	upstreams_sort(&none);
	upstreams_join(&window, 1, &none, 2);
	upstreams_diff(&window, &none, &none, true);
	assert_int_equal(window.count, 0);
	upstreams_clear(&window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_of_one_key_become_one),
		cmocka_unit_test(processes_are_joined_by_address),
		cmocka_unit_test(a_window_has_what_was_answered_in_it),
		cmocka_unit_test(without_any_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
