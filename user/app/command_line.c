/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * command_line.c - see command_line.h.
 *
 * What goes in: argv, and the tables of commands and options. What comes out: a struct options, or
 * the help, the version, or one line that says what is wrong with argv.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/command_line.h"
#include "app/help.h"
#include "app/option_rows.h"
#include "base/log.h"
#include "base/types.h"
#include "kernel/samples.h"
#include "sinks/sink.h"

enum {
	FIRST_LONG_ONLY = 256, /* what getopt_long returns for an option without a letter, */
	BARE_WORD = 1,	       /* and for a word that is no option */
};

/* What is being read. */
struct parsing {
	const struct command *commands;
	int argc;
	char **argv;
	struct options *o;
};

/* Prints the help text, or the version; returns the exit code. */
static enum exit_code print_about(const struct parsing *p, const struct option_row *row)
{
	if (row->letter == 'V')
		printf("iophase %s\n", IOPHASE_VERSION);
	else
		help_print(p->commands, p->o->command);
	if (fflush(stdout) || ferror(stdout)) {
		log_error("stdout: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* What getopt_long returns for a row. */
static int code_of(size_t row)
{
	return option_rows[row].letter ? option_rows[row].letter : FIRST_LONG_ONLY + (int)row;
}

/* The row for a value of getopt_long, or NULL. */
static const struct option_row *row_of(int code)
{
	for (size_t i = 0; i < option_rows_count; i++)
		if (code_of(i) == code)
			return &option_rows[i];
	return NULL;
}

_Static_assert(required_argument == 1 && optional_argument == 2, "as many colons in short");

/* Whether an option takes an argument, as getopt_long wants to know it. */
static int argument_of(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return row->bare ? optional_argument : required_argument;
}

/* Whether a command takes the options of a row. */
static bool takes(const struct command *command, size_t row)
{
	return command->groups & 1U << option_rows[row].group;
}

/* Whether another row of the same name is meant by it: the first that the command takes. */
static bool is_another_meant(const struct command *command, size_t row)
{
	for (size_t i = 0; i < option_rows_count; i++) {
		if (i == row || strcmp(option_rows[i].name, option_rows[row].name) != 0)
			continue;
		if (takes(command, i) == takes(command, row) ? i < row : takes(command, i))
			return true;
	}
	return false;
}

/* Fills what getopt_long wants to know from the table. */
static void describe(const struct command *command, struct option *longs, char *letters)
{
	*letters++ = '-'; /* tell of words that are no options, in their place */
	*letters++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < option_rows_count; i++) {
		if (is_another_meant(command, i))
			continue;
		*longs++ = (struct option){
			.name = option_rows[i].name,
			.has_arg = argument_of(&option_rows[i]),
			.val = code_of(i),
		};
		if (!option_rows[i].letter)
			continue;
		*letters++ = option_rows[i].letter;
		for (int colons = argument_of(&option_rows[i]); colons > 0; colons--)
			*letters++ = ':';
	}
	*letters = '\0';
	*longs = (struct option){0};
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

/* Reads the argument of an option into its field; 0, or -1 after one line. */
static int read_row(struct options *o, const struct option_row *row, const char *text)
{
	return row->read(row, text, (char *)o + row->offset);
}

/* Reads one option; 0 to go on, 1 if it ends the program in peace, -1 if it is wrong. */
static int take_option(const struct parsing *p, int code)
{
	const struct option_row *row = row_of(code);

	if (code == '?' || code == ':' || !row)
		return bad_option(code, p->argv[optind - 1]);
	if (row->read && !(p->o->command->groups & 1U << row->group)) {
		log_error("--%s is no option of iophase %s", row->name, p->o->command->name);
		return -1;
	}
	if (!row->read) {
		p->o->exit_code = print_about(p, row);
		return 1;
	}
	if (optarg || !row->bare)
		return read_row(p->o, row, optarg);
	/* getopt_long takes such an argument only from the same word: -s20, --sockets=20. */
	if (optind < p->argc && isdigit((unsigned char)p->argv[optind][0]))
		return read_row(p->o, row, p->argv[optind++]);
	return read_row(p->o, row, row->bare);
}

/* Whether a word is the name of a command. */
static bool is_command(const struct command *c, const char *word)
{
	while (c->name && strcmp(c->name, word))
		c++;
	return c->name;
}

/* Takes a word that is a target; 0, or -1 after one line. */
static int take_target(const struct parsing *p, const char *word)
{
	const char *why = word[strspn(word, "0123456789")]
				  ? selection_add_word(&p->o->selection, false, word)
				  : "a pid is given with -p";

	if (is_command(p->commands, word)) {
		log_error("%s is a command: it comes first, before the options; -n %s is a "
			  "process of that name",
			  word, word);
		return -1;
	}
	if (!why)
		return 0;
	log_error("'%s': %s; see iophase --help", word, why);
	return -1;
}

/* Takes the command's own word, or one that is a target; 0, or -1 after one line. */
static int take_word(const struct parsing *p, const char *word)
{
	struct options *o = p->o;

	if (o->command->word && !o->word) {
		o->word = word;
		return 0;
	}
	if (!o->command->word && o->command->groups & 1U << GROUP_TARGETS)
		return take_target(p, word);
	log_error("unexpected '%s'; see iophase --help", word);
	return -1;
}

/* Takes what is behind "--": a command to be started, or words; 0, or -1 after one line. */
static int take_rest(const struct parsing *p)
{
	struct options *o = p->o;
	bool starts = o->command->groups & 1U << GROUP_LATER;
	int taken = 0;

	if (starts && optind < p->argc) {
		o->launch = p->argv + optind;
		o->follow = true; /* its children are a part of it */
	}
	if (!starts && o->command->groups & 1U << GROUP_TARGETS && optind < p->argc) {
		log_error("-- COMMAND is not for iophase %s", o->command->name);
		return -1;
	}
	while (!starts && !taken && optind < p->argc)
		taken = take_word(p, p->argv[optind++]);
	return taken;
}

/* What is wrong with a command, or with what is said of one; 0, or -1 after one line. */
static int check_launch(const struct options *o)
{
	const char *wrong = NULL;

	if (o->launch && (o->pids.count || o->selection.includes))
		wrong = "either processes or a command (--), not both";
	else if (o->launch && !*o->launch[0])
		wrong = "the name of the command is empty";
	else if (!o->launch && o->run_as)
		wrong = "--run-as is about a command: iophase --run-as USER -- COMMAND";
	if (wrong)
		log_error("%s", wrong);
	return wrong ? -1 : 0;
}

/* What is wrong with selectors; 0, or -1 after one line. */
static int check_selection(const struct options *o)
{
	const char *wrong = NULL;

	if (o->wait && !o->selection.includes)
		wrong = "--wait wants something to wait for: a name, a port ...";
	else if (o->selection.excludes && !o->selection.includes)
		wrong = "--exclude wants something to take from: -a, a name ...";
	if (wrong)
		log_error("%s", wrong);
	return wrong ? -1 : 0;
}

/* Whether an output is made of single events. */
bool options_stream(const struct options *o)
{
	bool streams = false;

	for (size_t i = 0; i < o->outputs.count; i++)
		streams |= o->outputs.choice[i].sink->streams;
	return streams;
}

/* Whether an output is metrics, which alone have services and our own time in the kernel. */
bool options_have_metrics(const struct options *o)
{
	bool has = o->serves;

	for (size_t i = 0; i < o->outputs.count; i++)
		has |= o->outputs.choice[i].sink->is_metrics;
	return has;
}

/* What is wrong with a trace of single events; 0, or -1 after one line. */
static int check_trace(const struct options *o)
{
	const char *wrong = NULL;

	if (!options_stream(o)) {
		if (o->trace_size == TRACE_SIZE_DEFAULT)
			return 0;
		log_error("--perfetto-size is about a trace: -o perfetto:FILE");
		return -1;
	}
	if (!(o->command->groups & 1U << GROUP_STREAM))
		wrong = "single events are told by iophase trace alone, while it measures";
	else if (!o->duration && !o->launch)
		wrong = "a trace is of a bounded time: -d TIME, or -- COMMAND";
	else if (o->hooks == HOOKS_LIGHT || o->hooks == HOOKS_LIGHTEST)
		wrong = "without hooks on calls (--hooks light or lightest) none is seen to begin or "
			"end";
	if (wrong)
		log_error("-o perfetto:FILE: %s", wrong);
	return wrong ? -1 : 0;
}

/* Whether what is asked of metrics is asked where there are any; 0, or -1 after one line. */
static int check_metrics(const struct options *o)
{
	const char *option = NULL;

	if (options_have_metrics(o))
		return 0;
	if (o->bpf_stats)
		option = "--bpf-stats";
	else if (o->label != LABEL_COMM)
		option = "--label";
	else if (o->series_max && o->series_max != SERIES_DEFAULT)
		option = "--max-series";
	if (option)
		log_error("%s is about metrics: iophase export, or -o openmetrics:FILE", option);
	return option ? -1 : 0;
}

/* What is wrong only when all options are known; 0, or -1 after one line. */
static int check_together(const struct options *o)
{
	if (check_launch(o) || check_selection(o) || check_trace(o) || check_metrics(o))
		return -1;
	if (o->command->groups & 1U << GROUP_TARGETS && !o->pids.count && !o->selection.includes &&
	    !o->launch) {
		log_error("which process? give a name, :PORT, -p PID, or -- COMMAND; see iophase "
			  "--help");
		return -1;
	}
	if (o->samples != SAMPLES_DEFAULT && o->hooks != HOOKS_LIGHT &&
	    o->hooks != HOOKS_LIGHTEST) {
		log_error("--samples is about --hooks light or lightest: with the others times on "
			  "a CPU are exact");
		return -1;
	}
	if (o->no_connections && o->sockets) {
		log_error("--sockets wants what --no-connections leaves out");
		return -1;
	}
	if (!o->serves && o->duration && o->interval > o->duration)
		log_warn("the interval is longer than the duration: there will be one report");
	return 0;
}

/*
 * Finds the command that the first word names, the default if it is an option; behind a command,
 * argv begins with it. Returns 0, or -1 after one line.
 */
static int take_command(struct parsing *p)
{
	const char *word = p->argc > 1 ? p->argv[1] : "-";
	const struct command *c = p->commands;

	p->o->command = c;
	if (*word == '-')
		return 0;
	while (c->name && strcmp(c->name, word))
		c++;
	/* A word that is no command is a target. */
	if (!c->name)
		return 0;
	p->o->command = c;
	p->argc--;
	p->argv++;
	return 0;
}

/*
 * Sets every option that has a fallback to it; of several that set the same, that of the command
 * holds. 0, or -1 after one line.
 */
static int take_fallbacks(struct options *o)
{
	for (int taken = 0; taken < 2; taken++)
		for (size_t i = 0; i < option_rows_count; i++)
			if (option_rows[i].fallback && takes(o->command, i) == (taken > 0) &&
			    read_row(o, &option_rows[i], option_rows[i].fallback))
				return -1;
	return 0;
}

/* Reads the command line; 0 to go on, or the program is done with o->exit_code. */
int options_parse(int argc, char **argv, const struct command *commands, struct options *o)
{
	struct parsing p = {commands, argc, argv, o};
	struct option longs[OPTION_ROWS_MAX + 1];
	char letters[3 * OPTION_ROWS_MAX + 3];
	int code, done;

	*o = (struct options){.exit_code = EXIT_USAGE, .argv = argv, .commands = commands};
	opterr = 0;
	optind = 0; /* glibc: start afresh, even after another argv */
	done = take_command(&p);
	describe(o->command, longs, letters);
	if (!done)
		done = take_fallbacks(o);
	while (!done && (code = getopt_long(p.argc, p.argv, letters, longs, NULL)) != -1)
		done = code == BARE_WORD ? take_word(&p, optarg) : take_option(&p, code);
	if (!done)
		done = take_rest(&p);
	if (!done && o->command->complete)
		o->command->complete(o);
	return done ? done : check_together(o);
}

/* Frees what the options hold. */
void options_clear(struct options *o)
{
	pid_list_clear(&o->pids);
	selection_clear(&o->selection);
	free(o->outputs.choice);
	*o = (struct options){0};
}
