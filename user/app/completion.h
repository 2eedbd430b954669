/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion.h - the command `completion`: what a shell completes behind iophase, made from the
 * tables of commands and options.
 */
#ifndef IOPHASE_COMPLETION_H
#define IOPHASE_COMPLETION_H

#include <stdbool.h>

#include "app/command.h"
#include "app/option_types.h"

struct options;

/* What an argument may be filled with. */
enum fill {
	FILL_NOTHING,
	FILL_FILES,
	FILL_USERS,
	FILL_PIDS,
	FILL_NAMES,   /* of processes */
	FILL_WORDS,   /* those of a table */
	FILL_SET,     /* some of those, between them commas */
	FILL_OUTPUTS, /* KIND:FILE */
	FILL_RULES,   /* ids of findings */
	FILL_SHELLS,
	FILLS,
};

enum exit_code completion_run(const struct options *o);

/* What the argument of an option is filled with, and the word of a command beside options. */
enum fill completion_of_option(const struct option_row *row);
enum fill completion_of_command(const struct command *command);

/* Whether a command takes an option; --help and --version each does. */
bool completion_takes(const struct command *command, const struct option_row *row);

/* Prints words with blanks between them: of a fill (that of an option: row), commands, options. */
void completion_print_words(enum fill fill, const struct option_row *row);
void completion_print_commands(const struct command *commands);
void completion_print_takers(const struct command *commands, const struct option_row *row);

/* Prints what a help text says up to a semicolon, with a backslash before each of some characters.
 */
void completion_print_help(const char *help, const char *escaped);

/* Each prints the script of a shell, of a table of commands. */
void completion_bash(const struct command *commands);
void completion_zsh(const struct command *commands);
void completion_fish(const struct command *commands);

#endif
