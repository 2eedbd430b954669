/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion_zsh.c - the script of `iophase completion zsh`.
 *
 * What goes in: the tables. What comes out: a file for a folder of $fpath, by the name _iophase.
 */
#include <stdio.h>

#include "app/completion.h"
#include "app/option_rows.h"

/* The functions of zsh and below that fill in; where there is none, words follow in brackets. */
static const char *const actions[FILLS] = {
	[FILL_NOTHING] = " ",  [FILL_FILES] = "_files",		[FILL_USERS] = "_users",
	[FILL_PIDS] = "_pids", [FILL_NAMES] = "_iophase_names", [FILL_OUTPUTS] = "_iophase_outputs",
};

/* What a spec takes for its own. */
static const char own[] = "[]:";

/* Whether an option may be given again, for further ones. */
static bool repeats(const struct option_row *row)
{
	return row->read == read_pids || row->read == read_selector || row->read == read_excluded ||
	       row->read == read_file || row->read == read_output;
}

/* Prints what is filled in. */
static void print_action(enum fill fill, const struct option_row *row)
{
	if (actions[fill]) {
		printf("%s", actions[fill]);
		return;
	}
	if (fill == FILL_SET) {
		printf("_values -s , %s ", row->name);
		completion_print_words(fill, row);
		return;
	}
	printf("(");
	completion_print_words(fill, row);
	printf(")");
}

/* Prints the spec of an option. */
static void print_spec(const struct option_row *row)
{
	printf("\t\t\t'");
	if (repeats(row))
		printf("*'");
	else if (row->letter)
		printf("(-%c --%s)'", row->letter, row->name);
	else
		printf("'");
	if (row->letter)
		printf("{-%c%s,--%s%s}", row->letter, row->argument ? "+" : "", row->name,
		       row->argument ? "=" : "");
	else
		printf("--%s%s", row->name, row->argument ? "=" : "");
	printf("'[");
	completion_print_help(row->help, own);
	printf("]");
	if (row->argument) {
		printf(":%s", row->bare ? ":" : "");
		completion_print_help(row->argument, own);
		printf(":");
		print_action(completion_of_option(row), row);
	}
	printf("'\n");
}

/* Prints the specs of a command. */
static void print_command(const struct command *command)
{
	enum fill fill = completion_of_command(command);

	printf("\t%s)\n\t\targs=(\n", command->name);
	for (size_t i = 0; i < option_rows_count; i++)
		if (completion_takes(command, &option_rows[i]))
			print_spec(&option_rows[i]);
	if (fill != FILL_NOTHING) {
		printf("\t\t\t'%s:%s:", command->word ? "1" : "*",
		       command->word ? command->word : "target");
		print_action(fill, NULL);
		printf("'\n");
	}
	printf("\t\t)\n\t\t;;\n");
}

/* Prints the functions that fill in what zsh has none for. */
static void print_helpers(const struct command *commands)
{
	printf("#compdef iophase\n"
	       "# zsh completion of iophase, made by: iophase completion zsh\n"
	       "\n"
	       "_iophase_names() {\n"
	       "\tlocal -a names\n"
	       "\tnames=(${(fu)\"$(ps -eo comm=)\"})\n"
	       "\tcompadd -a names\n"
	       "}\n"
	       "\n"
	       "_iophase_outputs() {\n"
	       "\tif compset -P '*:'; then\n"
	       "\t\t_files\n"
	       "\telse\n"
	       "\t\tcompadd -S : ");
	completion_print_words(FILL_OUTPUTS, NULL);
	printf("\n\tfi\n}\n\n_iophase_commands() {\n\tlocal -a commands\n\tcommands=(\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t'%s:", c->name);
		completion_print_help(c->help, ":");
		printf("'\n");
	}
	printf("\t)\n\t_describe command commands\n}\n\n");
}

/* Prints the script. */
void completion_zsh(const struct command *commands)
{
	print_helpers(commands);
	printf("_iophase() {\n"
	       "\tlocal command=trace at=${words[(i)--]}\n"
	       "\tlocal -a args\n"
	       "\n"
	       "\tif (( at < CURRENT )); then\n"
	       "\t\twords=(\"${(@)words[at + 1,-1]}\")\n"
	       "\t\t(( CURRENT -= at ))\n"
	       "\t\t_normal\n"
	       "\t\treturn\n"
	       "\tfi\n"
	       "\tif (( CURRENT > 2 )) && [[ ' ");
	completion_print_commands(commands);
	printf(" ' == *\" ${words[2]} \"* ]]; then\n"
	       "\t\tcommand=${words[2]}\n"
	       "\t\tshift words\n"
	       "\t\t(( CURRENT-- ))\n"
	       "\telif (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then\n"
	       "\t\t_iophase_commands\n"
	       "\tfi\n"
	       "\tcase $command in\n");
	for (const struct command *c = commands; c->name; c++)
		print_command(c);
	printf("\tesac\n\t_arguments -s -S $args\n}\n\n_iophase \"$@\"\n");
}
