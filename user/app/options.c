/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * options.c - the command line.
 *
 * What goes in: argv. What comes out: a struct options, or the help, the version, or one line that
 * says what is wrong with argv. To add an option, add a row to the table and a field to the struct.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "app/options.h"
#include "base/types.h"

#define TIME_MIN_NS NSEC_PER_MSEC
#define TIME_MAX_NS (365ULL * 24 * 3600 * NSEC_PER_SEC)

enum {
	FIRST_LONG_ONLY = 256, /* what getopt_long returns for an option without a letter */
	HELP_COLUMN = 24,
};

struct option_row;

/* Reads the argument of an option into the field; 0, or -1 after one line that says why not. */
typedef int option_reader(const struct option_row *row, const char *text, void *field);

struct option_row {
	const char *name;
	char letter;	      /* 0: none */
	const char *argument; /* NULL: it takes none */
	option_reader *read;  /* NULL: an option that prints something and ends the program */
	size_t offset;	      /* of its field in struct options */
	const char *fallback; /* what holds without it, or NULL */
	const char *help;
};

/* The usage line about an argument that cannot be read. */
static int bad_argument(const struct option_row *row, const char *text, const char *why)
{
	log_error("--%s '%s': %s", row->name, text, why);
	return -1;
}

static int read_flag(const struct option_row *row, const char *text, void *field)
{
	(void)row;
	(void)text;
	*(bool *)field = true;
	return 0;
}

static int read_file_name(const struct option_row *row, const char *text, void *field)
{
	if (!*text)
		return bad_argument(row, text, "the name of a file is missing");
	*(const char **)field = text;
	return 0;
}

static int read_hooks(const struct option_row *row, const char *text, void *field)
{
	if (!strcmp(text, "syscalls"))
		*(enum hook_kind *)field = HOOKS_SYSCALLS;
	else if (!strcmp(text, "raw"))
		*(enum hook_kind *)field = HOOKS_RAW;
	else
		return bad_argument(row, text, "it is either syscalls or raw");
	return 0;
}

static int read_time(const struct option_row *row, const char *text, void *field)
{
	switch (time_parse(text, field)) {
	case 0:
		return 0;
	case -ERANGE:
		return bad_argument(row, text, "a time is at least 1 ms and less than a year");
	}
	return bad_argument(row, text, "not a time; write it as 5, 1.5s, 500ms or 2m");
}

/* Adds a pid to the list unless it is in it. */
static int add_pid(struct options *o, pid_t pid)
{
	pid_t *longer;

	for (size_t i = 0; i < o->pids; i++) {
		if (o->pid[i] == pid) {
			log_warn("pid %d is given twice; once is enough", pid);
			return 0;
		}
	}
	longer = reallocarray(o->pid, o->pids + 1, sizeof(*longer));
	if (!longer) {
		log_error("out of memory");
		return -1;
	}
	o->pid = longer;
	o->pid[o->pids++] = pid;
	return 0;
}

/* Reads one pid of `length` bytes at text; the whole list is for the message. */
static int read_pid(const struct option_row *row, const char *list, const char *text, size_t length,
		    struct options *o)
{
	long long pid = 0;

	if (!length)
		return bad_argument(row, list, "a pid is missing");
	for (size_t i = 0; i < length; i++) {
		if (!isdigit((unsigned char)text[i]))
			return bad_argument(row, list,
					    "not a list of pids; write it as 12 or 12,34");
		pid = pid * 10 + (text[i] - '0');
		if (pid > INT_MAX)
			return bad_argument(row, list, "no pid is that large");
	}
	if (pid == 0)
		return bad_argument(row, list, "no process has pid 0");
	return add_pid(o, (pid_t)pid);
}

static int read_pids(const struct option_row *row, const char *text, void *field)
{
	struct options *o = field;
	const char *item = text;

	for (;;) {
		size_t length = strcspn(item, ",");

		if (read_pid(row, text, item, length, o))
			return -1;
		if (!item[length])
			return 0;
		item += length + 1;
	}
}

/* Where an option is stored. */
#define FIELD(name) offsetof(struct options, name)

static const struct option_row rows[] = {
	{"pid", 'p', "LIST", read_pids, 0, NULL, "processes to attach to: PID[,PID...]"},
	{"follow", 'f', NULL, read_flag, FIELD(follow), NULL,
	 "their descendants too: those alive now and those born later"},
	{"duration", 'd', "TIME", read_time, FIELD(duration),
	 "until Ctrl-C or the last target exits", "stop after TIME: 5, 5s, 1.5s, 500ms, 2m"},
	{"interval", 'i', "TIME", read_time, FIELD(interval), NULL,
	 "report every TIME as well; each report covers its interval"},
	{"threads", 't', NULL, read_flag, FIELD(threads), NULL, "one block per thread"},
	{"csv", 0, "FILE", read_file_name, FIELD(csv), NULL,
	 "write CSV; - is stdout (the text report then stays silent)"},
	{"hooks", 0, "KIND", read_hooks, FIELD(hooks), "syscalls",
	 "syscalls: one tracepoint per call; raw: sys_enter, sys_exit"},
	{"quiet", 'q', NULL, read_flag, FIELD(quiet), NULL, "no text report"},
	{"verbose", 'v', NULL, read_flag, FIELD(verbose), NULL,
	 "say what was attached and what this kernel lacks"},
	{"version", 'V', NULL, NULL, 0, NULL, "print the version and exit"},
	{"help", 'h', NULL, NULL, 0, NULL, "print this text and exit"},
};

static const char before_options[] =
	"usage: iophase [options] -p PID[,PID...]\n"
	"Attach to running servers and show which I/O model they use and where the time of\n"
	"their threads goes, phase by phase.\n"
	"\n"
	"OPTIONS\n";

static const char after_options[] =
	"\n"
	"EXAMPLES\n"
	"  # nginx: the master and all its workers, until Ctrl-C\n"
	"  sudo iophase -f -p $(cat /run/nginx.pid)\n"
	"  # redis for 5 seconds\n"
	"  sudo iophase -d 5 -p $(pidof -s redis-server)\n"
	"  # every second, with a CSV beside the text, for a minute\n"
	"  sudo iophase -i 1 -d 1m --csv redis.csv -p $(pidof -s redis-server)\n"
	"  # each thread by itself\n"
	"  sudo iophase -t -d 10 -p 4242\n"
	"  # CSV into a pipe: one call, every 500 ms\n"
	"  sudo iophase -i 500ms --csv - -p 4242 | grep ,recvfrom,\n"
	"  # an idle server: what do its threads wait in?\n"
	"  sudo iophase -d 1 -v -p 4242\n"
	"\n"
	"EXIT CODES\n"
	"  0  done\n"
	"  1  failed\n"
	"  2  wrong usage\n"
	"  3  not permitted; the message names the capability\n"
	"  4  this kernel cannot; the message says what is missing\n";

/* Prints the row of the help text of one option. */
static void print_row(const struct option_row *row)
{
	int width = printf(row->letter ? "  -%c, " : "      ", row->letter);

	width += printf("--%s%s%s", row->name, row->argument ? " " : "",
			row->argument ? row->argument : "");
	printf("%*s%s\n", HELP_COLUMN - width, "", row->help);
	if (row->fallback)
		printf("%*s(default: %s)\n", HELP_COLUMN, "", row->fallback);
}

/* Prints the help text, or the version; returns the exit code. */
static enum exit_code print_about(const struct option_row *row)
{
	if (row->letter == 'V') {
		printf("iophase %s\n", IOPHASE_VERSION);
	} else {
		fputs(before_options, stdout);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			print_row(&rows[i]);
		fputs(after_options, stdout);
	}
	if (fflush(stdout) || ferror(stdout)) {
		log_error("stdout: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* What getopt_long returns for a row. */
static int code_of(size_t row)
{
	return rows[row].letter ? rows[row].letter : FIRST_LONG_ONLY + (int)row;
}

/* The row for a value of getopt_long, or NULL. */
static const struct option_row *row_of(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (code_of(i) == code)
			return &rows[i];
	return NULL;
}

/* Fills what getopt_long wants to know from the table. */
static void describe(struct option *longs, char *letters)
{
	*letters++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		longs[i] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = code_of(i),
		};
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[ARRAY_SIZE(rows)] = (struct option){0};
}

/* Says what getopt_long did not like; `word` is the word of argv that it read last. */
static int bad_option(int code, const char *word)
{
	const struct option_row *row = row_of(optopt);

	if (code == ':' && row)
		log_error("--%s needs an argument: %s", row->name, row->argument);
	else if (row)
		log_error("--%s takes no argument", row->name);
	else if (optopt)
		log_error("unknown option '-%c'; see iophase --help", optopt);
	else
		log_error("unknown or ambiguous option '%s'; see iophase --help", word);
	return -1;
}

/* Reads one option; 0 to go on, 1 if it ends the program in peace, -1 if it is wrong. */
static int take_option(int code, char **argv, struct options *o)
{
	const struct option_row *row = row_of(code);

	if (code == '?' || code == ':' || !row)
		return bad_option(code, argv[optind - 1]);
	if (!row->read) {
		o->exit_code = print_about(row);
		return 1;
	}
	return row->read(row, optarg, (char *)o + row->offset);
}

/* What is wrong only when all options are known; 0, or -1 after one line. */
static int check_together(int argc, char **argv, const struct options *o)
{
	if (optind < argc) {
		log_error("unexpected '%s'; pids are given with -p", argv[optind]);
		return -1;
	}
	if (!o->pids) {
		log_error("which process? give -p PID; see iophase --help");
		return -1;
	}
	if (o->duration && o->interval > o->duration)
		log_warn("the interval is longer than the duration: there will be one report");
	return 0;
}

/* Reads the command line; 0 to go on, or the program is done with o->exit_code. */
int options_parse(int argc, char **argv, struct options *o)
{
	struct option longs[ARRAY_SIZE(rows) + 1];
	char letters[2 * ARRAY_SIZE(rows) + 2];
	int code, done = 0;

	*o = (struct options){.exit_code = EXIT_USAGE};
	describe(longs, letters);
	opterr = 0;
	optind = 0; /* glibc: start afresh, even after another argv */
	while (!done && (code = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		done = take_option(code, argv, o);
	if (!done)
		done = check_together(argc, argv, o);
	return done;
}

void options_clear(struct options *o)
{
	free(o->pid);
	*o = (struct options){0};
}

/* Reads digits as a number of at most `max`; returns where they end, NULL if there are none. */
static const char *read_digits(const char *text, uint64_t max, uint64_t *value)
{
	const char *start = text;

	*value = 0;
	for (; isdigit((unsigned char)*text); text++) {
		/* Stay at what is too much anyway, so that a thousand digits cannot overflow. */
		if (*value <= max)
			*value = *value * 10 + (uint64_t)(*text - '0');
	}
	return text == start ? NULL : text;
}

/* Reads the digits behind the point as a fraction of `unit` (ns), cut to whole ns. */
static const char *read_fraction(const char *text, uint64_t unit, uint64_t *ns)
{
	const char *start = text;
	uint64_t billionths = 0, step = NSEC_PER_SEC / 10;

	for (; isdigit((unsigned char)*text); text++, step /= 10)
		billionths += step * (uint64_t)(*text - '0');
	*ns = unit / 1000 * billionths / (NSEC_PER_SEC / 1000);
	return text == start ? NULL : text;
}

/* A length of time in ns; 0, -EINVAL or -ERANGE. */
int time_parse(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"", NSEC_PER_SEC},
		{"s", NSEC_PER_SEC},
		{"ms", NSEC_PER_MSEC},
		{"m", 60 * NSEC_PER_SEC},
	};
	uint64_t whole, fraction = 0, scale = 0;
	const char *point = read_digits(text, TIME_MAX_NS / NSEC_PER_MSEC, &whole);
	const char *unit = point;

	if (!point)
		return -EINVAL;
	if (*point == '.')
		unit = point + 1 + strspn(point + 1, "0123456789");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			scale = units[i].ns;
	if (!scale || (*point == '.' && !read_fraction(point + 1, scale, &fraction)))
		return -EINVAL;
	if (whole >= TIME_MAX_NS / scale || whole * scale + fraction < TIME_MIN_NS)
		return -ERANGE;
	*ns = whole * scale + fraction;
	return 0;
}
