/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * help.c - see help.h.
 *
 * What goes in: the tables of commands, options and outputs. What comes out: the help text.
 */
#include <stdio.h>
#include <string.h>

#include "app/help.h"
#include "app/option_rows.h"
#include "sinks/sink.h"

enum {
	COLUMN = 26,	  /* at which what is said of an option begins */
	KIND_COLUMN = 16, /* and of a kind of output, from there */
};

static const char *const headings[GROUPS] = {
	[GROUP_TARGETS] = "TARGETS", [GROUP_LATER] = "TARGETS",	  [GROUP_TIME] = "TIME",
	[GROUP_INTERVALS] = "TIME",  [GROUP_BLOCKS] = "REPORT",	  [GROUP_LINES] = "REPORT",
	[GROUP_LIVE] = "LIST",	     [GROUP_REPORT] = "REPORT",	  [GROUP_OUTPUT] = "OUTPUT",
	[GROUP_STREAM] = "OUTPUT",   [GROUP_METRICS] = "METRICS", [GROUP_SERVE] = "SERVING",
	[GROUP_HOOKS] = "HOW",	     [GROUP_LIGHT] = "HOW",	  [GROUP_HOW] = "HOW",
};

static const char before[] =
	"Attach to running servers and show which I/O model they use, where the time of their\n"
	"threads goes, phase by phase, and what their clients wait for.\n"
	"\n"
	"COMMANDS\n";

static const char after[] =
	"\n"
	"EXAMPLES\n"
	"  # nginx: the master and all its workers, until Ctrl-C\n"
	"  sudo iophase nginx\n"
	"  # whoever serves that port, for 5 seconds\n"
	"  sudo iophase -d 5 :8080\n"
	"  # a process and its descendants\n"
	"  sudo iophase -f -p $(cat /run/nginx.pid)\n"
	"  # every second, with a CSV beside the text, for a minute\n"
	"  sudo iophase -i 1 -d 1m --csv redis.csv -p $(pidof -s redis-server)\n"
	"  # each thread by itself\n"
	"  sudo iophase -t -d 10 -p 4242\n"
	"  # CSV into a pipe: one call, every 500 ms\n"
	"  sudo iophase -i 500ms --csv - -p 4242 | grep ,recvfrom,\n"
	"  # two files beside the text\n"
	"  sudo iophase -i 1 -o csv:calls.csv -o csv-processes:processes.csv -p 4242\n"
	"  # what is there on this machine, the busiest first\n"
	"  sudo iophase ps\n"
	"  # the same, live; ? says which keys there are\n"
	"  sudo iophase top\n"
	"  # in a script: exit code 5 if something is wrong\n"
	"  sudo iophase -d 10 --fail-on warning -q -p 4242\n"
	"  # an idle server: what do its threads wait in?\n"
	"  sudo iophase -d 1 -v -p 4242\n"
	"  # a command and its children, from its first instruction on; the report goes to stderr\n"
	"  sudo iophase --run-as www-data -- ./server --port 8080\n"
	"\n"
	"EXIT CODES\n"
	"  0  done\n"
	"  1  failed\n"
	"  2  wrong usage\n"
	"  3  not permitted; the message names the capability\n"
	"  4  this kernel cannot; the message says what is missing\n"
	"  5  a finding as severe as --fail-on asks about\n"
	"  With -- COMMAND, once it has begun: the command's own; 128 and the signal's number if it was\n"
	"  killed; 127 if there is none such, 126 if it cannot be executed. Where it is 0, 5 as above.\n";

/* Prints the lines of a text from `column` on, of which `width` are taken. */
static void print_text(int width, const char *text)
{
	for (;;) {
		int length = (int)strcspn(text, "\n");

		printf("%*s%.*s\n", COLUMN - width, "", length, text);
		text += length;
		if (!*text++)
			return;
		width = 0;
	}
}

/* Prints the kinds of output that a command has: single events are not told by each. */
static void print_kinds(const struct command *command)
{
	for (size_t i = 0; sinks[i]; i++)
		if (!sinks[i]->streams || command->groups & 1U << GROUP_STREAM)
			printf("%*s  %-*s%s\n", COLUMN, "", KIND_COLUMN, sinks[i]->name,
			       sinks[i]->help);
}

/* Prints what is said of one option. */
static void print_row(const struct command *command, const struct option_row *row)
{
	int width = printf(row->letter ? "  -%c, " : "      ", row->letter);

	width += printf("--%s%s%s", row->name, row->argument ? " " : "",
			row->argument ? row->argument : "");
	print_text(width, row->help);
	if (row->read == read_output)
		print_kinds(command);
	if (row->fallback)
		printf("%*s(default: %s)\n", COLUMN, "", row->fallback);
}

/*
 * Prints the options of a group that a command takes; --help and --version every one has. *heading
 * is the latest one.
 */
static void print_group(const struct command *command, enum option_group group,
			const char **heading)
{
	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->group != group || (row->read && !(command->groups & 1U << group)))
			continue;
		if (strcmp(*heading, headings[group]) != 0)
			printf("\n%s\n", headings[group]);
		*heading = headings[group];
		print_row(command, row);
	}
}

/* Prints the help text on stdout. */
void help_print(const struct command *commands, const struct command *command)
{
	const char *heading = "";

	printf("usage: iophase %s\n", command->usage);
	fputs(before, stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("  %-*s%s%s\n", COLUMN - 2, c->name, c->help,
		       c == commands ? " (what is done without a command)" : "");
	for (int group = 0; group < GROUPS; group++)
		print_group(command, (enum option_group)group, &heading);
	fputs(after, stdout);
}
