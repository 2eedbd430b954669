/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - the command line, and the command that it names.
 */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/exit_code.h"
#include "base/log.h"

/*
 * Puts something into the place of standard descriptors that are closed, lest the next file that is
 * opened be taken for them. It cannot be written to, as what was closed could not.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(EXIT_FAILED); /* there is nobody to tell */
}

/* Runs the program; its exit codes are in exit_code.h. */
int main(int argc, char **argv)
{
	struct options options = {0};
	int code;

	setlocale(LC_CTYPE, "");
	fill_standard_descriptors();
	/* A reader that goes away, and a file that may not grow, are to be errors of a write. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (options_parse(argc, argv, commands, &options)) {
		code = options.exit_code;
	} else {
		log_set_verbose(options.verbose);
		code = options.command->run(&options);
	}
	options_clear(&options);
	return code;
}
