/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_options.c - options and their arguments: what is taken, and what is refused.
 */
#include "parse_run.h"

static void pids_are_taken_in_order(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "12,7", "--pid=2147483647");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_int_equal(r.o.pids.count, 3);
	assert_int_equal(r.o.pids.pid[0], 12);
	assert_int_equal(r.o.pids.pid[1], 7);
	assert_int_equal(r.o.pids.pid[2], 2147483647);
	options_clear(&r.o);
	assert_null(r.o.pids.pid);
}

static void pids_are_taken_as_pidof_and_pgrep_print_them(void **state)
{
	static char *const lists[] = {
		"12 7 2147483647",     "12\n7\n2147483647\n", " 12, 7 ,2147483647 ",
		"12\t7\r\n2147483647", "12,7\n\n2147483647",
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		PARSE(&r, "-p", lists[i]);
		assert_int_equal(r.done, 0);
		assert_string_equal(r.err, "");
		assert_int_equal(r.o.pids.count, 3);
		assert_int_equal(r.o.pids.pid[0], 12);
		assert_int_equal(r.o.pids.pid[1], 7);
		assert_int_equal(r.o.pids.pid[2], 2147483647);
		options_clear(&r.o);
	}
}

static void a_pid_given_twice_is_a_warning(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "12,7,12");
	assert_int_equal(r.done, 0);
	assert_true(is_one_line(r.err));
	assert_non_null(strstr(r.err, "pid 12 is given twice"));
	assert_int_equal(r.o.pids.count, 2);
	options_clear(&r.o);
}

static void bad_pids_are_refused(void **state)
{
	static char *const bad[] = {
		"",	      "abc",	    "0",
		"-1",	      "+1",	    " ",
		"\n",	      "1 x",	    ", 1",
		"1 ,",	      "1 , ,2",	    "1;2",
		"1\v2",	      "1x",	    "0x10",
		"1.5",	      ",",	    "1,",
		",1",	      "1,,2",	    "1,-2",
		"2147483648", "4294967297", "12;13",
		"1,0",	      "000",	    "18446744073709551617",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		REFUSE("--pid", "-p", bad[i]);
	REFUSE("no pid is that large", "-p", "99999999999999999999999999999999999999999");
	REFUSE("which process?", "-f");
	REFUSE("needs an argument", "-p");
	REFUSE("needs an argument", "--pid");
}

static void no_words_at_all_are_refused(void **state)
{
	char *none[] = {NULL};

	(void)state;
	refuse("which process?", none);
}

static void the_hooks_are_the_lightest_where_all_is_watched(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "1");
	assert_int_equal(r.o.hooks, HOOKS_SYSCALLS);
	options_clear(&r.o);
	PARSE(&r, "ps", "--samples", "5");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.hooks, HOOKS_LIGHTEST);
	options_clear(&r.o);
	PARSE(&r, "ps", "--hooks", "syscalls");
	assert_int_equal(r.o.hooks, HOOKS_SYSCALLS);
	options_clear(&r.o);
	PARSE(&r, "ps", "--hooks=light");
	assert_int_equal(r.o.hooks, HOOKS_LIGHT);
	options_clear(&r.o);
	PARSE(&r, "--hooks", "lightest", "-p", "1");
	assert_int_equal(r.o.hooks, HOOKS_LIGHTEST);
	options_clear(&r.o);
}

static void all_options_are_taken(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-ftqv", "-d", "5", "-i500ms", "--csv", "-", "--hooks=raw", "-p", "1");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_true(r.o.follow && r.o.threads && r.o.quiet && r.o.verbose);
	assert_int_equal(r.o.duration, 5 * NSEC_PER_SEC);
	assert_int_equal(r.o.interval, 500 * NSEC_PER_MSEC);
	assert_int_equal(r.o.outputs.count, 1);
	assert_ptr_equal(r.o.outputs.choice[0].sink, &sink_csv);
	assert_string_equal(r.o.outputs.choice[0].file, "-");
	assert_string_equal(r.o.command->name, "trace");
	assert_int_equal(r.o.hooks, HOOKS_RAW);
	options_clear(&r.o);

	PARSE(&r, "--pid", "1", "--follow", "--threads", "--quiet", "--verbose", "--duration=2m",
	      "--interval", "1s", "--hooks", "syscalls");
	assert_int_equal(r.done, 0);
	assert_true(r.o.follow && r.o.threads && r.o.quiet && r.o.verbose);
	assert_int_equal(r.o.duration, 120 * NSEC_PER_SEC);
	assert_int_equal(r.o.interval, NSEC_PER_SEC);
	assert_int_equal(r.o.hooks, HOOKS_SYSCALLS);
	options_clear(&r.o);
}

static void nothing_is_asked_for_by_default(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "1");
	assert_int_equal(r.done, 0);
	assert_false(r.o.follow || r.o.threads || r.o.quiet || r.o.verbose);
	assert_int_equal(r.o.duration, 0);
	assert_int_equal(r.o.interval, 0);
	assert_int_equal(r.o.outputs.count, 0);
	assert_int_equal(r.o.hooks, HOOKS_SYSCALLS);
	options_clear(&r.o);
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"5", 5 * NSEC_PER_SEC},
		{"5s", 5 * NSEC_PER_SEC},
		{"005", 5 * NSEC_PER_SEC},
		{"500ms", 500 * NSEC_PER_MSEC},
		{"2m", 120 * NSEC_PER_SEC},
		{"1h", 3600 * NSEC_PER_SEC},
		{"1.5h", 5400 * NSEC_PER_SEC},
		{"2d", 48 * 3600 * NSEC_PER_SEC},
		{"0.999999d", 86399913600000},
		{"1.5s", 1500 * NSEC_PER_MSEC},
		{"1.5", 1500 * NSEC_PER_MSEC},
		{".5", 500 * NSEC_PER_MSEC},
		{".25m", 15 * NSEC_PER_SEC},
		{"0.25m", 15 * NSEC_PER_SEC},
		{"1.5ms", 1500000},
		{"0.001", NSEC_PER_MSEC},
		{"1ms", NSEC_PER_MSEC},
		{"1.0000000000000000000001s", NSEC_PER_SEC},
		{"525599m", 525599ULL * 60 * NSEC_PER_SEC},
		{"31535999s", 31535999 * NSEC_PER_SEC},
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(time_parse(good[i].text, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
}

static void bad_times_are_refused(void **state)
{
	static char *const none[] = {
		"",    "s",   "abc", "-1",  "-5s", "+5", " 5",	 "5 ",	 "5 s", "5us", "5w",  "1e3",
		"0x5", "5sm", "1.",  "1.s", ".s",  ".",	 "1..5", "1.5.", "5S",	"5M",  "nan", "inf",
	};
	static char *const out_of_range[] = {
		"0",
		"0s",
		"0ms",
		"0.0",
		"0.9ms",
		"0.0009",
		"31536000",
		"31536000s",
		"525600m",
		"8760h",
		"365d",
		"31536000000ms",
		"18446744073709551615",
		"18446744073709551617",
		"99999999999999999999999999999999999999999999m",
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		assert_int_equal(time_parse(none[i], &ns), -EINVAL);
		REFUSE("not a time", "-p", "1", "-d", none[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(out_of_range); i++) {
		REFUSE("less than a year", "-p", "1", "-i", out_of_range[i]);
	}
}

static void an_interval_beyond_the_duration_is_a_warning(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "1", "-d", "1", "-i", "2");
	assert_int_equal(r.done, 0);
	assert_true(is_one_line(r.err));
	options_clear(&r.o);
	PARSE(&r, "-p", "1", "-d", "1", "-i", "1");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	options_clear(&r.o);
}

static void an_argument_may_be_left_out(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "1");
	assert_int_equal(r.o.sockets, 0);
	assert_int_equal(r.o.sort_by, KEY_RESPONSE);
	assert_int_equal(r.o.connections_max, 100000);
	assert_int_equal(r.o.threads_max, 65000);
	options_clear(&r.o);
	PARSE(&r, "-s", "-p", "1");
	assert_int_equal(r.o.sockets, 10);
	options_clear(&r.o);
	PARSE(&r, "-p", "1", "--sockets", "25", "--sort", "bytes", "--max-connections=7",
	      "--max-threads", "65000");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.sockets, 25);
	assert_int_equal(r.o.sort_by, KEY_BYTES);
	assert_int_equal(r.o.connections_max, 7);
	options_clear(&r.o);
	PARSE(&r, "-s", "7", "-p", "1");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.sockets, 7);
	assert_int_equal(r.o.pids.count, 1);
	options_clear(&r.o);
	PARSE(&r, "-p", "1", "-s12");
	assert_int_equal(r.o.sockets, 12);
	options_clear(&r.o);
	PARSE(&r, "-p", "1", "--sockets=3");
	assert_int_equal(r.o.sockets, 3);
	options_clear(&r.o);
	PARSE(&r, "-p", "1", "-s");
	assert_int_equal(r.o.sockets, 10);
	options_clear(&r.o);
}

static void what_is_about_metrics_wants_metrics(void **state)
{
	static char *const rows[][2] = {{"--label", "exe"}, {"--max-series", "2000"}};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char said[64];

		PARSE(&r, "-p", "1", rows[i][0], rows[i][1]);
		assert_int_equal(r.done, -1);
		assert_true(is_one_line(r.err));
		snprintf(said, sizeof(said), "%s is about metrics", rows[i][0]);
		assert_non_null(strstr(r.err, said));
		options_clear(&r.o);
		PARSE(&r, "-p", "1", rows[i][0], rows[i][1], "-o", "openmetrics:/dev/null");
		assert_int_equal(r.done, 0);
		options_clear(&r.o);
	}
}

static void bad_numbers_of_connections_are_refused(void **state)
{
	static char *const bad[] = {"0",  "-1", "+1",	 "1x",
				    " 1", "",	"10001", "99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char word[64];

		snprintf(word, sizeof(word), "--sockets=%s", bad[i]);
		REFUSE("--sockets", "-p", "1", word);
	}
	REFUSE("it is a number from 1 to 10,000", "-p", "1", "-s", "0");
	REFUSE("--max-connections", "-p", "1", "--max-connections", "0");
	REFUSE("--max-threads", "-p", "1", "--max-threads", "0");
	REFUSE("--max-threads", "-p", "1", "--max-threads", "65001");
	REFUSE("--max-connections needs an argument", "-p", "1", "--max-connections");
	REFUSE("response, queueing, service, blocked, bytes or reads", "-p", "1", "--sort", "size");
	REFUSE("--no-connections", "-p", "1", "-s", "--no-connections");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pids_are_taken_in_order),
		cmocka_unit_test(what_is_about_metrics_wants_metrics),
		cmocka_unit_test(pids_are_taken_as_pidof_and_pgrep_print_them),
		cmocka_unit_test(a_pid_given_twice_is_a_warning),
		cmocka_unit_test(bad_pids_are_refused),
		cmocka_unit_test(no_words_at_all_are_refused),
		cmocka_unit_test(all_options_are_taken),
		cmocka_unit_test(the_hooks_are_the_lightest_where_all_is_watched),
		cmocka_unit_test(nothing_is_asked_for_by_default),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(bad_times_are_refused),
		cmocka_unit_test(an_argument_may_be_left_out),
		cmocka_unit_test(bad_numbers_of_connections_are_refused),
		cmocka_unit_test(an_interval_beyond_the_duration_is_a_warning),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
