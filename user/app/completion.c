/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion.c - see completion.h. The scripts are in completion_SHELL.c, and here what they share.
 *
 * What goes in: the tables of commands, options, outputs and rules. What comes out: a script.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/completion.h"
#include "app/option_rows.h"
#include "app/options.h"
#include "base/log.h"
#include "base/types.h"
#include "judge/rule.h"
#include "sinks/sink.h"
#include "target/selector.h"

/* A shell, and who prints its script. */
static const struct {
	const char *name;
	void (*print)(const struct command *commands);
} shells[] = {
	{"bash", completion_bash},
	{"zsh", completion_zsh},
	{"fish", completion_fish},
};

/* The names that arguments have in the help text, and what they are filled with. */
static const struct {
	const char *argument;
	enum fill fill;
} arguments[] = {
	{"FILE", FILL_FILES}, {"PATH", FILL_FILES}, {"USER", FILL_USERS},   {"LIST", FILL_PIDS},
	{"GLOB", FILL_NAMES}, {"ID", FILL_RULES},   {"SHELL", FILL_SHELLS},
};

/* What an argument of that name is filled with. */
static enum fill fill_of(const char *argument)
{
	for (size_t i = 0; argument && i < ARRAY_SIZE(arguments); i++)
		if (!strcmp(arguments[i].argument, argument))
			return arguments[i].fill;
	return FILL_NOTHING;
}

/* What the argument of an option is filled with. */
enum fill completion_of_option(const struct option_row *row)
{
	if (row->read == read_choice)
		return FILL_WORDS;
	if (row->read == read_set)
		return FILL_SET;
	if (row->read == read_output)
		return FILL_OUTPUTS;
	if (row->read == read_selector && row->selector == &selector_user)
		return FILL_USERS;
	return fill_of(row->argument);
}

/* What the words of a command beside options are filled with. */
enum fill completion_of_command(const struct command *command)
{
	if (command->word)
		return fill_of(command->word);
	return command->groups & 1U << GROUP_TARGETS ? FILL_NAMES : FILL_NOTHING;
}

/* Whether a command takes an option. */
bool completion_takes(const struct command *command, const struct option_row *row)
{
	return !row->read || command->groups & 1U << row->group;
}

/* Prints the ids of the rules. */
static void print_rules(void)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(i)); i++)
		printf("%s%s", i ? " " : "", rule->id);
}

/* Prints the words of a fill that has any, with blanks between them. */
void completion_print_words(enum fill fill, const struct option_row *row)
{
	if (fill == FILL_WORDS || fill == FILL_SET)
		for (const struct word *w = row->choices; w->word; w++)
			printf("%s%s", w == row->choices ? "" : " ", w->word);
	if (fill == FILL_OUTPUTS)
		for (size_t i = 0; sinks[i]; i++)
			printf("%s%s", i ? " " : "", sinks[i]->name);
	if (fill == FILL_SHELLS)
		for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
			printf("%s%s", i ? " " : "", shells[i].name);
	if (fill == FILL_RULES)
		print_rules();
}

/* Prints the commands. */
void completion_print_commands(const struct command *commands)
{
	for (const struct command *c = commands; c->name; c++)
		printf("%s%s", c == commands ? "" : " ", c->name);
}

/* Prints the commands that take an option. */
void completion_print_takers(const struct command *commands, const struct option_row *row)
{
	const char *before = "";

	for (const struct command *c = commands; c->name; c++) {
		if (!completion_takes(c, row))
			continue;
		printf("%s%s", before, c->name);
		before = " ";
	}
}

/* Prints the begin of a help text. */
void completion_print_help(const char *help, const char *escaped)
{
	for (const char *c = help; *c && *c != ';'; c++) {
		/* No quote: the shells disagree about those within quotes. */
		if (*c == '\'')
			continue;
		if (strchr(escaped, *c))
			putchar('\\');
		putchar(*c == '\n' ? ' ' : *c);
	}
}

/* Prints the script of a shell. */
enum exit_code completion_run(const struct options *o)
{
	size_t i = 0;

	while (o->word && i < ARRAY_SIZE(shells) && strcmp(shells[i].name, o->word) != 0)
		i++;
	if (!o->word || i == ARRAY_SIZE(shells)) {
		log_error("of which shell? iophase completion bash, zsh or fish");
		return EXIT_USAGE;
	}
	shells[i].print(o->commands);
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	log_error("stdout: %s", strerror(errno));
	return EXIT_FAILED;
}
