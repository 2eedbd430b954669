/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_upstreams.c - which upstreams are the ones with the most time, of processes and families.
 */
#include "unit.h"
#include "books/snapshot.h"
#include "judge/report.h"

static const char no_name[UNIX_NAME_LEN];

/* Adds an upstream of a process: so many answers that took so long (ns) in all. */
static void add(struct upstream_list *list, unsigned int pid, unsigned int port, uint64_t asked,
		uint64_t ns)
{
	struct upstream_key key = {.tgid = pid, .family = 2, .port = (__u16)port, .address = {1}};
	struct upstream_sums *sum = upstreams_add(list, &key, no_name);

	sum->asked = asked;
	sum->ns = ns;
}

static void the_most_time_comes_first(void **state)
{
	struct upstream_list list = {0};
	struct report_upstreams u;

	(void)state;
	add(&list, 5, 1, 1000, 10);
	add(&list, 5, 2, 1, 30);
	add(&list, 5, 4, 1, 20);
	add(&list, 5, 3, 1, 20);
	u = report_upstreams_of(&list);
	assert_int_equal(u.count, 4);
	assert_int_equal(u.upstream[0].key.port, 2);
	assert_int_equal(u.upstream[1].key.port, 3);
	assert_int_equal(u.upstream[2].key.port, 4);
	assert_int_equal(u.upstream[3].key.port, 1);
	assert_int_equal(u.upstream[3].asked, 1000);
	report_upstreams_clear(&u);
	upstreams_clear(&list);
}

static void a_family_has_the_sums_of_its_processes(void **state)
{
	struct window w = {.to = 1000};
	struct report *r;

	(void)state;
	for (pid_t pid = 5; pid <= 7; pid++) {
		struct task_sums *t = task_list_get(&w.processes, pid, 0);

		t->threads = 1;
		t->family = pid == 7 ? 7 : 5;
	}
	add(&w.upstreams, 0, 80, 100, 1000);
	add(&w.upstreams, 5, 80, 1, 10);
	add(&w.upstreams, 5, 81, 1, 15);
	add(&w.upstreams, 6, 80, 2, 20);
	add(&w.upstreams, 7, 80, 9, 90);
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->families, 2);
	assert_int_equal(r->process[0].pid, 5);
	assert_int_equal(r->process[0].upstreams.count, 2);
	assert_int_equal(r->process[0].upstreams.upstream[0].key.port, 81);
	assert_int_equal(r->family[0].sum->upstreams.count, 2);
	assert_int_equal(r->family[0].sum->upstreams.upstream[0].key.port, 80);
	assert_int_equal(r->family[0].sum->upstreams.upstream[0].asked, 3);
	assert_int_equal(r->family[0].sum->upstreams.upstream[0].ns, 30);
	assert_int_equal(r->process[2].upstreams.count, 1);
	assert_int_equal(r->process[2].upstreams.upstream[0].asked, 9);
	report_free(r);
	window_clear(&w);
}

static void addresses_are_written_as_people_do(void **state)
{
	static const struct {
		struct upstream_key key;
		char name[UNIX_NAME_LEN];
		const char *text;
	} cases[] = {
		{{.family = 2, .port = 80, .address = {0x0100007f}}, "", "127.0.0.1:80"},
		{{.family = 10, .port = 5432, .address = {0, 1ULL << 56}}, "", "[::1]:5432"},
		{{.family = 2}, "", "*:*"},
		{{.family = 1}, "", "*"},
		{{.family = 1}, "/run/a.sock", "/run/a.sock"},
		{{.family = 1}, "\0abstract", "@abstract"},
		{{.family = 1}, "\0a\0b", "@a\\x00b"},
		{{.family = 1}, "a\033[31m,\n\\", "a\\x1b[31m,\\x0a\\\\"},
		{{.family = 1},
		 "/0123456789/0123456789/0123456789/0123456789/0123456789",
		 "/0123456789/0123456789/0123456789/0123456789/0123456789"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases) - 1; i++) {
		assert_string_equal(fmt_upstream(&cases[i].key, cases[i].name).s, cases[i].text);
		assert_string_equal(fmt_upstream_short(&cases[i].key, cases[i].name).s,
				    cases[i].text);
	}
	/* Of a long one, what tells it apart is mostly at its end. */
	assert_string_equal(fmt_upstream_short(&cases[8].key, cases[8].name).s,
			    "...9/0123456789/0123456789/0123456789/0123456789");
}

static void any_name_fits(void **state)
{
	struct upstream_key key = {.family = 1};
	char name[UNIX_NAME_LEN];

	(void)state;
	memset(name, 0xff, sizeof(name));
	assert_int_equal(strlen(fmt_upstream(&key, name).s), 4 * UNIX_NAME_LEN);
	assert_int_equal(strlen(fmt_upstream_short(&key, name).s), ADDRESS_SHORT);
	name[0] = 0;
	assert_int_equal(strlen(fmt_upstream(&key, name).s), 4 * (UNIX_NAME_LEN - 1) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_time_comes_first),
		cmocka_unit_test(a_family_has_the_sums_of_its_processes),
		cmocka_unit_test(addresses_are_written_as_people_do),
		cmocka_unit_test(any_name_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
