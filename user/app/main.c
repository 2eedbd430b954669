/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - the command line, and the command that it names.
 */
#include <locale.h>
#include <signal.h>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/log.h"

/* Runs the program; its exit codes are in exit_code.h. */
int main(int argc, char **argv)
{
	struct options options = {0};
	int code;

	setlocale(LC_CTYPE, "");
	/* A reader that goes away is to be an error of a write. */
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(argc, argv, commands, &options)) {
		code = options.exit_code;
	} else {
		log_set_verbose(options.verbose);
		code = options.command->run(&options);
	}
	options_clear(&options);
	return code;
}
