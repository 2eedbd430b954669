/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - the command line, and the command that it names.
 */
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/exit_code.h"
#include "base/inherited.h"
#include "base/log.h"

/*
 * Puts something into the place of standard descriptors that are closed, lest the next file that is
 * opened be taken for them. It cannot be written to, as what was closed could not; a command that
 * we start has them closed again.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY | O_CLOEXEC) != fd)
			_exit(EXIT_FAILED); /* there is nobody to tell */
}

/* Runs the program; its exit codes are in exit_code.h. */
int main(int argc, char **argv)
{
	struct options options = {0};
	int code;

	setlocale(LC_CTYPE, "");
	fill_standard_descriptors();
	inherited_keep();
	if (options_parse(argc, argv, commands, &options)) {
		code = options.exit_code;
	} else {
		log_set_verbose(options.verbose);
		code = options.command->run(&options);
	}
	options_clear(&options);
	return code;
}
