/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exit_code.h - the exit codes of the program.
 */
#ifndef IOPHASE_EXIT_CODE_H
#define IOPHASE_EXIT_CODE_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DENIED = 3, /* not permitted */
	EXIT_UNABLE = 4, /* this kernel cannot */
	EXIT_FOUND = 5,	 /* there is a finding as severe as was asked about */
	/* Of a command that could not be started, as shells have it. */
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_BY_SIGNAL = 128, /* and the number of the signal that has killed it */
};

#endif
