/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_negotiate.c - which form of the metrics a client gets, by what it says it takes.
 */
#include "unit.h"
#include "app/negotiate.h"

static void openmetrics_is_for_who_prefers_it(void **state)
{
	static const char *const open[] = {
		/* As Prometheus 2.42 asks. */
		("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		 "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
		"application/openmetrics-text",
		"text/plain;q=0.9, APPLICATION/OpenMetrics-Text ; version=1.0.0 ; q=1",
		"text/plain, application/openmetrics-text",
		"application/openmetrics-text; q=0.001",
		"application/openmetrics-text; version=\"1.0.0\"",
		"text/plain;q=0.9, application/openmetrics-text;version=\"1.0.0\" ; charset=\"utf-8\";q=1",
		"a/b;c=\"d,e;\\\",\", application/openmetrics-text;version=\"0.0.1\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		assert_int_equal(negotiate_dialect(open[i]), DIALECT_OPENMETRICS);
}

static void everybody_else_gets_the_older_form(void **state)
{
	static const char *const older[] = {
		NULL,
		"",
		"*/*",
		"text/html,application/xhtml+xml",
		"text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4",
		"application/openmetrics-text;version=2.0.0",
		"application/openmetrics-text;q=0",
		"application/openmetrics-text;q=0.0",
		"xapplication/openmetrics-text",
		"application/openmetrics-text;version=\"2.0.0\"",
		"application/openmetrics-text;version=\"\"",
		"application/openmetrics-text;version=\"",
		"a/b;c=\", application/openmetrics-text",
		"a/b;c=\"\\",
		",,;;q=,=",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(older); i++)
		assert_int_equal(negotiate_dialect(older[i]), DIALECT_PROMETHEUS);
}

static void gzip_is_for_who_takes_it(void **state)
{
	(void)state;
	assert_true(negotiate_gzip("gzip"));
	assert_true(negotiate_gzip("deflate, GZIP;q=0.5"));
	assert_true(negotiate_gzip("*"));
	assert_true(negotiate_gzip("br;q=1.0, *;q=0.1"));
	assert_false(negotiate_gzip(NULL));
	assert_false(negotiate_gzip(""));
	assert_false(negotiate_gzip("identity"));
	assert_false(negotiate_gzip("gzip;q=0"));
	assert_false(negotiate_gzip("gzip;q=0.000, *"));
	assert_false(negotiate_gzip("*;q=0"));
	assert_false(negotiate_gzip("gzipped"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openmetrics_is_for_who_prefers_it),
		cmocka_unit_test(everybody_else_gets_the_older_form),
		cmocka_unit_test(gzip_is_for_who_takes_it),
	};

	return cmocka_run_group_tests_name("negotiate", tests, NULL, NULL);
}
