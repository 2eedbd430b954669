/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * main.c - what is asked for, who is traced, what this kernel can do; then the session.
 */
#include <locale.h>
#include <signal.h>

#include "kernel/caps.h"
#include "base/log.h"
#include "app/options.h"
#include "app/session.h"
#include "target/target.h"

/* Runs the program; its exit codes are in options.h. */
int main(int argc, char **argv)
{
	struct options options = {0};
	struct target_list targets = {0};
	struct caps caps = {0};
	struct caps_wanted wanted;
	int code;

	setlocale(LC_CTYPE, "");
	/* A reader that goes away is to be an error of a write. */
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(argc, argv, &options)) {
		code = options.exit_code;
		options_clear(&options);
		return code;
	}
	log_set_verbose(options.verbose);
	wanted = (struct caps_wanted){options.hooks, options.pid, options.pids, options.follow};
	code = caps_check(&caps, &wanted);
	if (!code)
		code = targets_open(&targets, options.pid, options.pids);
	if (!code)
		code = session_run(&options, &targets, &caps);
	targets_close(&targets);
	caps_clear(&caps);
	options_clear(&options);
	return code;
}
