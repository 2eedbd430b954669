/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * parse_run.h - one run of the parser of the command line, and what it wrote.
 */
#ifndef IOPHASE_PARSE_RUN_H
#define IOPHASE_PARSE_RUN_H

#include "unit.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "app/command_line.h"
#include "app/ps.h"
#include "app/time_parse.h"
#include "sinks/sink.h"

enum {
	WORDS_MAX = 16,
	OUTPUT_MAX = 16384,
};

/* The first as the program has it; the other one takes only a part of the options. */
static const struct command commands[] = {
	{"trace", "all options", "[trace] [options] -p LIST", NULL,
	 ((1U << GROUPS) - 1) & ~(1U << GROUP_LINES | 1U << GROUP_LIGHT), NULL, &sink_text, NULL},
	{"ps", "no command, and an order of its own", "ps [options]", NULL,
	 1U << GROUP_TARGETS | 1U << GROUP_TIME | 1U << GROUP_LINES | 1U << GROUP_LIGHT |
		 1U << GROUP_HOW,
	 NULL, &sink_ps, ps_complete},
	{"check", "those of HOW", "check", NULL, 1U << GROUP_HOW, NULL, NULL, NULL},
	{"tell", "no options, a word", "tell [WORD]", "WORD", 0, NULL, NULL, NULL},
	{NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
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
	/* The options point to the words, as long as the program runs. */
	static char *argv[WORDS_MAX + 2];
	FILE *out = tmpfile(), *err = tmpfile();
	int argc = 1, out_copy, err_copy;

	assert_true(out && err);
	memset(argv, 0, sizeof(argv));
	argv[0] = "iophase";
	while (argc <= WORDS_MAX && words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	fflush(stdout);
	out_copy = divert(STDOUT_FILENO, out);
	err_copy = divert(STDERR_FILENO, err);
	r->done = options_parse(argc, argv, commands, &r->o);
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

#endif
