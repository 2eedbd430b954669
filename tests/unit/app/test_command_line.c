/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_command_line.c - commands, outputs, words that are none, and what is said of them.
 */
#include "parse_run.h"

static void outputs_are_taken(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "1", "-o", "csv:a", "--output=csv-processes:-", "-otext:b:c", "--csv", "d");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_int_equal(r.o.outputs.count, 4);
	assert_ptr_equal(r.o.outputs.choice[0].sink, &sink_csv);
	assert_string_equal(r.o.outputs.choice[0].file, "a");
	assert_ptr_equal(r.o.outputs.choice[1].sink, &sink_csv_processes);
	assert_string_equal(r.o.outputs.choice[1].file, "-");
	assert_ptr_equal(r.o.outputs.choice[2].sink, &sink_text);
	assert_string_equal(r.o.outputs.choice[2].file, "b:c");
	assert_string_equal(r.o.outputs.choice[3].file, "d");
	options_clear(&r.o);
}

static void bad_outputs_are_refused(void **state)
{
	static char *const none[] = {"",      "csv",	"file.csv", ":x",
				     "CSV:x", "csv :x", "json,x",   "cs:x"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		REFUSE("KIND is text, ps, csv, csv-processes, csv-connections, csv-exchanges, csv-findings, json, html, perfetto or openmetrics",
		       "-p", "1", "-o", none[i]);
	REFUSE("name of a file", "-p", "1", "-o", "csv:");
	REFUSE("another output goes to stdout", "-p", "1", "-o", "csv:-", "-o", "text:-");
	REFUSE("another output goes to stdout", "-p", "1", "--csv", "-", "--csv", "-");
	REFUSE("another output goes to that file", "-p", "1", "--csv", "x", "-o", "text:x");
}

static void a_command_is_the_first_word(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "trace", "-p", "1", "-d", "1");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.o.command->name, "trace");
	assert_int_equal(r.o.duration, NSEC_PER_SEC);
	options_clear(&r.o);
	PARSE(&r, "check", "-v");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_string_equal(r.o.command->name, "check");
	assert_true(r.o.verbose);
	options_clear(&r.o);
	REFUSE("--pid is no option of iophase check", "check", "-p", "1");
	REFUSE("'4711': a pid is given with -p", "4711");
	REFUSE("which process?", "trace");
}

static void what_is_no_command_is_a_target(void **state)
{
	static char *const lines[][4] = {
		{"nginx", ":80"}, {"trace", "nginx", ":80"}, {"-d", "1", "nginx", ":80"}};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		PARSE(&r, lines[i][0], lines[i][1], lines[i][2] ?: "-q", lines[i][3] ?: "-f");
		assert_int_equal(r.done, 0);
		assert_string_equal(r.o.command->name, "trace");
		assert_int_equal(r.o.selection.includes, 2);
		assert_string_equal(r.o.selection.include[0].text, "nginx");
		assert_ptr_equal(r.o.selection.include[1].kind, &selector_port);
		options_clear(&r.o);
	}
	PARSE(&r, "-a", "--exclude", "sshd", "--exclude", ":22", "--wait");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.selection.includes, 1);
	assert_int_equal(r.o.selection.excludes, 2);
	assert_true(r.o.wait);
	options_clear(&r.o);
	REFUSE("':x': a port is a number", "nginx", ":x");
	REFUSE("--port '70000': a port is a number", "--port", "70000");
	REFUSE("--name '': it is empty", "-n", "");
	REFUSE("--exclude 'user=no one': there is no such user", "-a", "--exclude", "user=no one");
	REFUSE("--exclude 'usr=root': what stands before '=' is none of user, name,", "-a",
	       "--exclude", "usr=root");
	REFUSE("'foo=bar': what stands before '=' is none of user, name,", "foo=bar");
	REFUSE("ps is a command: it comes first", "-d", "1", "ps");
	REFUSE("check is a command: it comes first", "-q", "check");
	REFUSE("tell is a command: it comes first", "-d", "1", "tell", "x");
	REFUSE("check is a command: it comes first", "ps", "check");
	PARSE(&r, "-d", "1", "-n", "ps");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.o.selection.include[0].text, "ps");
	options_clear(&r.o);
	REFUSE("--wait wants something", "-p", "1", "--wait");
	REFUSE("--exclude wants something", "-p", "1", "--exclude", "nginx");
}

static void a_command_may_take_a_word(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "tell", "me");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_string_equal(r.o.word, "me");
	options_clear(&r.o);
	PARSE(&r, "tell");
	assert_int_equal(r.done, 0);
	assert_null(r.o.word);
	options_clear(&r.o);
	REFUSE("unexpected 'more'", "tell", "me", "more");
	REFUSE("--pid is no option of iophase tell", "tell", "-p", "1");
	REFUSE("--verbose is no option of iophase tell", "tell", "-v");
	/* Help every command has. */
	PARSE(&r, "tell", "--help");
	assert_int_equal(r.o.exit_code, EXIT_DONE);
	assert_non_null(strstr(r.out, "usage: iophase tell [WORD]\n"));
	assert_non_null(strstr(r.out, "--help"));
	assert_null(strstr(r.out, "--verbose"));
	options_clear(&r.o);
}

static void ps_is_all_who_have_sockets_for_two_seconds(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "ps");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.duration, 2 * NSEC_PER_SEC);
	assert_int_equal(r.o.selection.includes, 1);
	assert_ptr_equal(r.o.selection.include[0].kind, &selector_all);
	assert_int_equal(r.o.lines_by, LINES_BY_REQUESTS);
	options_clear(&r.o);
	/* Who matches must have sockets; who is named by pid need not. */
	PARSE(&r, "ps", "nginx", "-d", "1", "--exclude", ":80", "--sort", "cpu");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.duration, NSEC_PER_SEC);
	assert_int_equal(r.o.selection.includes, 2);
	assert_ptr_equal(r.o.selection.include[1].kind, &selector_all);
	assert_int_equal(r.o.lines_by, LINES_BY_CPU);
	options_clear(&r.o);
	PARSE(&r, "ps", "-p", "1");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.selection.includes, 0);
	options_clear(&r.o);
	REFUSE("-- COMMAND is not for iophase ps", "ps", "--", "nginx");
	REFUSE("--interval is no option of iophase ps", "ps", "-i", "1");
	REFUSE("--threads is no option of iophase ps", "ps", "-t");
	REFUSE("--wait is no option of iophase ps", "ps", "--wait");
	REFUSE("--run-as is no option of iophase ps", "ps", "--run-as", "nobody");
}

/* Two commands may mean different things by one name. */
static void an_option_is_that_of_its_command(void **state)
{
	struct run r;

	(void)state;
	REFUSE("it is requests, reads, cpu, response or pid", "ps", "--sort", "bytes");
	REFUSE("it is response, queueing", "-p", "1", "--sort", "cpu");
	REFUSE("--sort is no option of iophase check", "check", "--sort", "cpu");
	PARSE(&r, "-p", "1", "--sort", "bytes");
	assert_int_equal(r.done, 0);
	assert_int_equal(r.o.sort_by, KEY_BYTES);
	options_clear(&r.o);
	PARSE(&r, "ps", "--help");
	assert_non_null(strstr(r.out, "requests (per second)"));
	assert_null(strstr(r.out, "csv-connections has them"));
	assert_null(strstr(r.out, "--interval"));
	options_clear(&r.o);
}

static void what_is_behind_two_dashes_is_a_command(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-d", "1", "--run-as", "nobody", "--", "-x", "-d", "2", "--", "y");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_string_equal(r.o.launch[0], "-x");
	assert_string_equal(r.o.launch[3], "--");
	assert_string_equal(r.o.launch[4], "y");
	assert_null(r.o.launch[5]);
	assert_string_equal(r.o.run_as, "nobody");
	assert_int_equal(r.o.duration, NSEC_PER_SEC);
	assert_true(r.o.follow);
	options_clear(&r.o);
	/* An option's argument is no end of them. */
	PARSE(&r, "trace", "--csv", "--", "-p", "1");
	assert_int_equal(r.done, 0);
	assert_null(r.o.launch);
	assert_false(r.o.follow);
	options_clear(&r.o);
	PARSE(&r, "tell", "--", "-x");
	assert_string_equal(r.o.word, "-x");
	options_clear(&r.o);
	REFUSE("not both", "-f", "a", "--", "b");
	REFUSE("not both", "-p", "1", "--", "true");
	REFUSE("is empty", "--", "");
	REFUSE("which process?", "--");
	REFUSE("--run-as is about a command", "-p", "1", "--run-as", "nobody");
	REFUSE("--run-as '': it is empty", "--run-as", "", "--", "true");
	REFUSE("--run-as needs an argument", "--run-as");
}

static void the_help_of_a_command_has_its_groups(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "check", "--help");
	assert_int_equal(r.o.exit_code, EXIT_DONE);
	assert_non_null(strstr(r.out, "\nHOW\n"));
	assert_null(strstr(r.out, "\nOUTPUT\n"));
	assert_null(strstr(r.out, "--csv FILE"));
	options_clear(&r.o);
}

static void bad_words_are_refused(void **state)
{
	(void)state;
	REFUSE("unexpected 'extra'", "check", "extra");
	REFUSE("unexpected '-d'", "check", "--", "-d");
	REFUSE("unknown option '-x'", "-p", "1", "-x");
	REFUSE("unknown option '-x'", "-fxq", "-p", "1");
	REFUSE("'--nonsense'", "--nonsense", "-p", "1");
	REFUSE("'--ver'", "--ver", "-p", "1"); /* version or verbose */
	REFUSE("takes no argument", "--follow=yes", "-p", "1");
	REFUSE("it is syscalls, raw, light or lightest", "--hooks", "kprobes", "-p", "1");
	REFUSE("it is syscalls, raw, light or lightest", "--hooks", "", "-p", "1");
	REFUSE("--samples is about --hooks light", "--samples", "5", "-p", "1");
	REFUSE("--samples is about --hooks light", "ps", "--samples", "5", "--hooks", "raw");
	REFUSE("name of a file", "--csv", "", "-p", "1");
	REFUSE("--csv needs", "-p", "1", "--csv");
	REFUSE("--duration needs", "-p", "1", "-d");
}

static void messages_are_safe_for_a_terminal(void **state)
{
	(void)state;
	REFUSE("unexpected 'a\\x1b[2J\\x0ab'", "check", "a\x1b[2J\nb");
	REFUSE("unknown option '-\\xff'", "-\xff");
	REFUSE("'\\xc2\\x9b'", "check", "\xc2\x9b");	      /* C1: CSI in UTF-8 */
	REFUSE("'\\xe2\\x80\\xae'", "check", "\xe2\x80\xae"); /* right-to-left override */
	REFUSE("'\\xc0\\xaf'", "check", "\xc0\xaf");	      /* overlong */
	REFUSE("'\\xed\\xa0\\x80'", "check", "\xed\xa0\x80"); /* surrogate */
	REFUSE("'gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb1'", "check",
	       "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb1");
}

static void a_message_too_long_is_cut(void **state)
{
	char word[20000];
	struct run r;

	(void)state;
	memset(word, '\x1b', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	PARSE(&r, "check", word);
	assert_int_equal(r.o.exit_code, EXIT_USAGE);
	assert_true(is_one_line(r.err));
	assert_uint_in_range(strlen(r.err), 1000, 4096);
	options_clear(&r.o);
}

static void of_a_long_argument_the_beginning_is_shown(void **state)
{
	char word[20000];
	struct run r;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	PARSE(&r, "-p", word);
	assert_int_equal(r.o.exit_code, EXIT_USAGE);
	assert_true(is_one_line(r.err));
	assert_true(strlen(r.err) < 200 && strstr(r.err, "xxx...': not a list of pids"));
	options_clear(&r.o);
}

static void escaping_never_writes_beyond_its_room(void **state)
{
	char safe[16];

	(void)state;
	memset(safe, 'x', sizeof(safe));
	assert_int_equal(log_escape(safe, 8, "ab\n\n"), 6);
	assert_string_equal(safe, "ab\\x0a");
	assert_int_equal(safe[8], 'x');
	assert_int_equal(log_escape(safe, 1, "ab"), 0);
	assert_string_equal(safe, "");
	assert_int_equal(log_escape(safe, sizeof(safe), "\xe2\x82"),
			 8); /* cut inside a character */
	assert_string_equal(safe, "\\xe2\\x82");
}

static void help_and_version_end_in_peace(void **state)
{
	static const char *const words[] = {
		"usage: iophase",
		"EXAMPLES",
		"EXIT CODES",
		"-p, --pid LIST",
		"--csv FILE",
		"--hooks KIND",
		"(default: syscalls)",
		"nginx",
		"redis",
		"\nCOMMANDS\n  trace ",
		"\nTARGETS\n",
		"\nTIME\n",
		"\nREPORT\n",
		"\nOUTPUT\n",
		"\nHOW\n",
		"-o, --output KIND:FILE",
		" csv-processes ",
		" csv-findings ",
		" text ",
	};
	struct run r;

	(void)state;
	PARSE(&r, "--help");
	assert_int_not_equal(r.done, 0);
	assert_int_equal(r.o.exit_code, EXIT_DONE);
	assert_string_equal(r.err, "");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_non_null(strstr(r.out, words[i]));
	for (const char *line = r.out; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 100);
	options_clear(&r.o);

	PARSE(&r, "-V");
	assert_int_equal(r.o.exit_code, EXIT_DONE);
	assert_string_equal(r.out, "iophase " IOPHASE_VERSION "\n");
	options_clear(&r.o);
}

static void details_are_said_only_if_wanted(void **state)
{
	char text[OUTPUT_MAX];
	FILE *err = tmpfile();
	int copy = divert(STDERR_FILENO, err);

	(void)state;
	log_info("not this");
	log_set_verbose(true);
	log_info("but %s", "this");
	log_set_verbose(false);
	restore(STDERR_FILENO, copy, err, text);
	assert_string_equal(text, "iophase: but this\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs_are_taken),
		cmocka_unit_test(bad_outputs_are_refused),
		cmocka_unit_test(a_command_is_the_first_word),
		cmocka_unit_test(what_is_no_command_is_a_target),
		cmocka_unit_test(a_command_may_take_a_word),
		cmocka_unit_test(ps_is_all_who_have_sockets_for_two_seconds),
		cmocka_unit_test(an_option_is_that_of_its_command),
		cmocka_unit_test(what_is_behind_two_dashes_is_a_command),
		cmocka_unit_test(the_help_of_a_command_has_its_groups),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(messages_are_safe_for_a_terminal),
		cmocka_unit_test(a_message_too_long_is_cut),
		cmocka_unit_test(of_a_long_argument_the_beginning_is_shown),
		cmocka_unit_test(escaping_never_writes_beyond_its_room),
		cmocka_unit_test(help_and_version_end_in_peace),
		cmocka_unit_test(details_are_said_only_if_wanted),
	};

	return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
