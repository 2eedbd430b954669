/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_options.c - the command line: what is taken, what is refused, and with how many words.
 */
#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "app/options.h"

enum {
	WORDS_MAX = 16,
	OUTPUT_MAX = 16384,
};

/* What one run of options_parse() did. */
struct run {
	int done;
	struct options o;
	char out[OUTPUT_MAX], err[OUTPUT_MAX];
};

/* Puts a temporary file in the place of a descriptor; returns the copy of what was there. */
static int divert(int fd, FILE *to)
{
	int copy = dup(fd);

	assert_true(copy >= 0);
	assert_true(dup2(fileno(to), fd) >= 0);
	return copy;
}

/* Puts back what divert() took away, and reads what was written meanwhile. */
static void restore(int fd, int copy, FILE *from, char text[OUTPUT_MAX])
{
	size_t length;

	assert_true(dup2(copy, fd) >= 0);
	close(copy);
	rewind(from);
	length = fread(text, 1, OUTPUT_MAX - 1, from);
	text[length] = '\0';
	fclose(from);
}

/* Parses the words, NULL-terminated, behind the program's name. */
static void parse(struct run *r, char **words)
{
	char *argv[WORDS_MAX + 2] = {"iophase"};
	FILE *out = tmpfile(), *err = tmpfile();
	int argc = 1, out_copy, err_copy;

	assert_true(out && err);
	while (argc <= WORDS_MAX && words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	fflush(stdout);
	out_copy = divert(STDOUT_FILENO, out);
	err_copy = divert(STDERR_FILENO, err);
	r->done = options_parse(argc, argv, &r->o);
	fflush(stdout);
	restore(STDERR_FILENO, err_copy, err, r->err);
	restore(STDOUT_FILENO, out_copy, out, r->out);
}

#define PARSE(r, ...) parse(r, (char *[]){__VA_ARGS__, NULL})

/* Whether the text is exactly one line that starts as all our messages do. */
static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return !strncmp(text, "iophase: ", 9) && end && !end[1];
}

/* Checks that the words are refused with exit code 2 and one line that holds `reason`. */
static void refuse(const char *reason, char **words)
{
	struct run r;

	parse(&r, words);
	if (!r.done || r.o.exit_code != EXIT_USAGE || !is_one_line(r.err) || r.out[0] ||
	    !strstr(r.err, reason)) {
		print_error("'%s' wanted; done %d exit %d, stderr '%s'\n", reason, r.done,
			    r.o.exit_code, r.err);
		options_clear(&r.o);
		fail();
	}
	options_clear(&r.o);
}

#define REFUSE(reason, ...) refuse(reason, (char *[]){__VA_ARGS__, NULL})

static void pids_are_taken_in_order(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "12,7", "--pid=2147483647");
	assert_int_equal(r.done, 0);
	assert_string_equal(r.err, "");
	assert_int_equal(r.o.pids, 3);
	assert_int_equal(r.o.pid[0], 12);
	assert_int_equal(r.o.pid[1], 7);
	assert_int_equal(r.o.pid[2], 2147483647);
	options_clear(&r.o);
	assert_null(r.o.pid);
}

static void a_pid_given_twice_is_a_warning(void **state)
{
	struct run r;

	(void)state;
	PARSE(&r, "-p", "12,7,12");
	assert_int_equal(r.done, 0);
	assert_true(is_one_line(r.err));
	assert_non_null(strstr(r.err, "pid 12 is given twice"));
	assert_int_equal(r.o.pids, 2);
	options_clear(&r.o);
}

static void bad_pids_are_refused(void **state)
{
	static char *const bad[] = {
		"",
		"abc",
		"0",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1x",
		"0x10",
		"1.5",
		",",
		"1,",
		",1",
		"1,,2",
		"1,-2",
		"1, 2",
		"2147483648",
		"4294967297",
		"1\n",
		"12;13",
		"1,0",
		"000",
		"18446744073709551617",
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
	assert_string_equal(r.o.csv, "-");
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
	assert_null(r.o.csv);
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
		{"1.5s", 1500 * NSEC_PER_MSEC},
		{"1.5", 1500 * NSEC_PER_MSEC},
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
		"",    "s",   "abc", "-1",  "-5s", "+5", " 5",	 "5 ",	 "5 s", "5us", "5h",  "1e3",
		"0x5", "5sm", "1.",  "1.s", ".5",  ".",	 "1..5", "1.5.", "5S",	"5M",  "nan", "inf",
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
		assert_int_equal(time_parse(out_of_range[i], &ns), -ERANGE);
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

static void bad_words_are_refused(void **state)
{
	(void)state;
	REFUSE("unexpected 'extra'", "-p", "1", "extra");
	REFUSE("unexpected '-d'", "-p", "1", "--", "-d");
	REFUSE("unknown option '-x'", "-p", "1", "-x");
	REFUSE("unknown option '-x'", "-fxq", "-p", "1");
	REFUSE("'--nonsense'", "--nonsense", "-p", "1");
	REFUSE("'--ver'", "--ver", "-p", "1"); /* version or verbose */
	REFUSE("takes no argument", "--follow=yes", "-p", "1");
	REFUSE("either syscalls or raw", "--hooks", "kprobes", "-p", "1");
	REFUSE("either syscalls or raw", "--hooks", "", "-p", "1");
	REFUSE("name of a file", "--csv", "", "-p", "1");
	REFUSE("--csv needs", "-p", "1", "--csv");
	REFUSE("--duration needs", "-p", "1", "-d");
}

static void messages_are_safe_for_a_terminal(void **state)
{
	(void)state;
	REFUSE("unexpected 'a\\x1b[2J\\x0ab'", "-p", "1", "a\x1b[2J\nb");
	REFUSE("unknown option '-\\xff'", "-\xff");
	REFUSE("'\\xc2\\x9b'", "-p", "1", "\xc2\x9b");		/* C1: CSI in UTF-8 */
	REFUSE("'\\xe2\\x80\\xae'", "-p", "1", "\xe2\x80\xae"); /* right-to-left override */
	REFUSE("'\\xc0\\xaf'", "-p", "1", "\xc0\xaf");		/* overlong */
	REFUSE("'\\xed\\xa0\\x80'", "-p", "1", "\xed\xa0\x80"); /* surrogate */
	REFUSE("'gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb1'", "-p", "1",
	       "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb1");
}

static void a_message_too_long_is_cut(void **state)
{
	char word[20000];
	struct run r;

	(void)state;
	memset(word, '\x1b', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	PARSE(&r, "-p", word);
	assert_int_equal(r.o.exit_code, EXIT_USAGE);
	assert_true(is_one_line(r.err));
	assert_uint_in_range(strlen(r.err), 1000, 4096);
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
		"usage: iophase",      "EXAMPLES",   "EXIT CODES",
		"-p, --pid LIST",      "--csv FILE", "--hooks KIND",
		"(default: syscalls)", "nginx",	     "redis",
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
		cmocka_unit_test(pids_are_taken_in_order),
		cmocka_unit_test(a_pid_given_twice_is_a_warning),
		cmocka_unit_test(bad_pids_are_refused),
		cmocka_unit_test(no_words_at_all_are_refused),
		cmocka_unit_test(all_options_are_taken),
		cmocka_unit_test(nothing_is_asked_for_by_default),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(bad_times_are_refused),
		cmocka_unit_test(an_interval_beyond_the_duration_is_a_warning),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(messages_are_safe_for_a_terminal),
		cmocka_unit_test(a_message_too_long_is_cut),
		cmocka_unit_test(escaping_never_writes_beyond_its_room),
		cmocka_unit_test(help_and_version_end_in_peace),
		cmocka_unit_test(details_are_said_only_if_wanted),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
