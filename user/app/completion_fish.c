/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion_fish.c - the script of `iophase completion fish`.
 *
 * What goes in: the tables. What comes out: a file for a folder of $fish_complete_path.
 */
#include <stdio.h>

#include "app/completion.h"
#include "app/option_rows.h"

/* What is filled in by a function; where there is none, words follow. */
static const char *const actions[FILLS] = {
	[FILL_USERS] = "(__fish_complete_users)",
	[FILL_PIDS] = "(__fish_complete_pids)",
	[FILL_NAMES] = "(ps -eo comm= | sort -u)",
	[FILL_OUTPUTS] = "(__iophase_outputs)",
};

/* What is quoted by a backslash in a word in single quotes. */
static const char own[] = "\\";

/* Prints what may be filled in: files (F), or only the words of `-a`. */
static void print_fill(enum fill fill, const struct option_row *row)
{
	if (fill == FILL_FILES) {
		printf(" -F");
		return;
	}
	if (fill == FILL_NOTHING)
		return;
	printf(" -a '%s", fill == FILL_SET ? "(__iophase_set " : "");
	if (actions[fill])
		printf("%s", actions[fill]);
	else
		completion_print_words(fill, row);
	printf("%s'", fill == FILL_SET ? ")" : "");
}

/* Prints the line of an option. */
static void print_option(const struct command *commands, const struct option_row *row)
{
	enum fill fill = completion_of_option(row);

	printf("complete -c iophase -n '__iophase_in ");
	completion_print_takers(commands, row);
	printf("'");
	if (row->letter)
		printf(" -s %c", row->letter);
	printf(" -l %s", row->name);
	if (row->argument && !row->bare) {
		printf(" -r%s", fill == FILL_FILES ? "" : " -f");
		print_fill(fill, row);
	}
	printf(" -d '");
	completion_print_help(row->help, own);
	printf("'\n");
}

/* Prints the functions that the lines use. */
static void print_helpers(const struct command *commands)
{
	printf("# fish completion of iophase, made by: iophase completion fish\n"
	       "\n"
	       "# Whether the command of the line is one of these; behind -- there is none.\n"
	       "function __iophase_in\n"
	       "    set -l words (commandline -opc)\n"
	       "    contains -- -- $words; and return 1\n"
	       "    set -l command trace\n"
	       "    if set -q words[2]; and contains -- $words[2] ");
	completion_print_commands(commands);
	printf("\n        set command $words[2]\n"
	       "    end\n"
	       "    contains -- $command $argv\n"
	       "end\n"
	       "\n"
	       "# These words behind what stands before the last comma.\n"
	       "function __iophase_set\n"
	       "    set -l list (string replace -r -- '^--[^=]*=' '' \"$(commandline -ct)\")\n"
	       "    printf '%%s\\n' (string replace -r '[^,]*$' '' -- \"$list\")$argv\n"
	       "end\n"
	       "\n"
	       "function __iophase_outputs\n"
	       "    printf '%%s:\\n' ");
	completion_print_words(FILL_OUTPUTS, NULL);
	printf("\nend\n\ncomplete -c iophase -f\n"
	       "complete -c iophase -n 'contains -- -- (commandline -opc)' "
	       "-a '(__fish_complete_subcommand)'\n");
}

/* Prints the script. */
void completion_fish(const struct command *commands)
{
	print_helpers(commands);
	for (const struct command *c = commands; c->name; c++) {
		enum fill fill = completion_of_command(c);

		printf("complete -c iophase -n 'test (count (commandline -opc)) -eq 1' -a %s -d '",
		       c->name);
		completion_print_help(c->help, own);
		printf("'\n");
		if (fill == FILL_NOTHING)
			continue;
		printf("complete -c iophase -n '__iophase_in %s'", c->name);
		print_fill(fill, NULL);
		printf("\n");
	}
	for (size_t i = 0; i < option_rows_count; i++)
		print_option(commands, &option_rows[i]);
}
