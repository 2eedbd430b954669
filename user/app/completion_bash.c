/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * completion_bash.c - the script of `iophase completion bash`.
 *
 * What goes in: the tables. What comes out: a function of bash, which needs nothing else.
 */
#include <stdio.h>

#include "app/completion.h"
#include "app/option_rows.h"

/* What bash is to be asked for instead of words. */
static const char *const lists[FILLS] = {
	[FILL_USERS] = "-u",
	[FILL_PIDS] = "-W \"$(ps -eo pid=)\"",
	[FILL_NAMES] = "-W \"$(ps -eo comm= | grep -v '[^A-Za-z0-9_.-]')\"",
};

/* bash splits words at ':' and '=' as well. Names of files are quoted as readline sees fit. */
static const char before[] =
	"# bash completion of iophase, made by: iophase completion bash\n"
	"\n"
	"_iophase_files()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"}\n"
	"\n"
	"_iophase()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) command=trace i\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\t[[ ${COMP_WORDS[i]} == -- ]] || continue\n"
	"\t\tif ((i == at)) && [[ $cur != */* ]]; then\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	"\t\telse\n"
	"\t\t\t_iophase_files \"$cur\"\n"
	"\t\tfi\n"
	"\t\treturn\n"
	"\tdone\n"
	"\tif [[ $cur == [:=] ]]; then\n"
	"\t\tcur=''\n"
	"\t\t[[ ${COMP_WORDS[COMP_CWORD]} == = ]] || at=$COMP_CWORD\n"
	"\tfi\n"
	"\t[[ ${COMP_WORDS[at]} != = ]] || at=$((at - 1))\n";

/* Prints the pattern of an option behind the names of the commands that take it. */
static void print_pattern(const struct command *commands, const struct option_row *row)
{
	const char *separator = "\t";

	for (const struct command *c = commands; c->name; c++) {
		if (!completion_takes(c, row))
			continue;
		printf("%s'%s --%s'", separator, c->name, row->name);
		separator = " | ";
		if (row->letter)
			printf(" | '%s -%c'", c->name, row->letter);
	}
	printf(")\n");
}

/* Prints what compgen is to be asked for. */
static void print_compgen(enum fill fill, const struct option_row *row)
{
	if (fill == FILL_FILES) {
		printf("\t\t_iophase_files \"$cur\"\n");
		return;
	}
	printf("\t\tmapfile -t COMPREPLY < <(compgen ");
	if (lists[fill]) {
		printf("%s", lists[fill]);
	} else {
		printf("-W '");
		completion_print_words(fill, row);
		printf("'%s", fill == FILL_OUTPUTS ? " -S :" : "");
	}
	/* Of a list what is behind its last comma, and what is before that stays. */
	printf("%s)\n", fill == FILL_SET ? " -P \"${cur%\"${cur##*,}\"}\" -- \"${cur##*,}\""
					 : " -- \"$cur\"");
	if (fill == FILL_OUTPUTS || fill == FILL_SET)
		printf("\t\tcompopt -o nospace 2>/dev/null\n");
}

/* Prints what arguments of options are filled with. */
static void print_arguments(const struct command *commands)
{
	printf("\tcase \"$command ${COMP_WORDS[at]}\" in\n");
	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];
		enum fill fill = completion_of_option(row);

		if (!row->argument || row->bare)
			continue;
		print_pattern(commands, row);
		if (fill != FILL_NOTHING)
			print_compgen(fill, row);
		printf("\t\treturn\n\t\t;;\n");
	}
	printf("\t*' :')\n"
	       "\t\t[[ ${COMP_WORDS[at - 2]} != -o && ${COMP_WORDS[at - 2]} != [=] &&\n"
	       "\t\t\t${COMP_WORDS[at - 2]} != --output ]] ||\n"
	       "\t\t\t_iophase_files \"$cur\"\n"
	       "\t\treturn\n\t\t;;\n\tesac\n");
}

/* Prints the options of each command. */
static void print_options(const struct command *commands)
{
	printf("\tif [[ $cur == -* ]]; then\n\t\tcase $command in\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t%s) i='", c->name);
		for (size_t i = 0; i < option_rows_count; i++) {
			if (!completion_takes(c, &option_rows[i]))
				continue;
			if (option_rows[i].letter)
				printf("-%c ", option_rows[i].letter);
			printf("--%s ", option_rows[i].name);
		}
		printf("' ;;\n");
	}
	printf("\t\tesac\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W \"$i\" -- \"$cur\")\n"
	       "\t\treturn\n\tfi\n");
}

/* Prints what words that are no options are filled with. */
static void print_words(const struct command *commands)
{
	printf("\tcase $command in\n");
	for (const struct command *c = commands; c->name; c++) {
		enum fill fill = completion_of_command(c);

		if (fill == FILL_NOTHING)
			continue;
		printf("\t%s)\n", c->name);
		print_compgen(fill, NULL);
		printf("\t\t;;\n");
	}
	printf("\tesac\n");
}

/* Prints the script. */
void completion_bash(const struct command *commands)
{
	fputs(before, stdout);
	printf("\tif ((COMP_CWORD > 1)) && [[ ' ");
	completion_print_commands(commands);
	printf(" ' == *\" ${COMP_WORDS[1]} \"* ]]; then\n\t\tcommand=${COMP_WORDS[1]}\n\tfi\n");
	print_arguments(commands);
	print_options(commands);
	print_words(commands);
	printf("\t((COMP_CWORD > 1)) ||\n\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W '");
	completion_print_commands(commands);
	printf("' -- \"$cur\")\n}\n\ncomplete -F _iophase iophase\n");
}
