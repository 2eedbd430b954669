/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.c - the command `trace`: what this kernel can do, who is traced, or what is started to be
 * traced; then the session.
 */
#include <string.h>

#include "app/launched.h"
#include "app/options.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/trace.h"
#include "base/log.h"
#include "kernel/caps.h"
#include "target/target.h"

/* Finds the targets or makes the command, measures, reports. */
static int run(const struct options *o, const struct caps *caps, struct signals *signals,
	       struct launch *command)
{
	struct target_list targets = {0};
	int code = 0;

	if (o->pids.count)
		code = targets_open(&targets, o->pids.pid, o->pids.count);
	if (!code)
		code = session_run(o, &targets, caps, signals, o->launch ? command : NULL);
	targets_close(&targets);
	return code;
}

/* Attaches to the targets, measures, reports. */
enum exit_code trace_run(const struct options *o)
{
	/* Of a command nothing is there yet that /proc could hide. */
	const struct caps_wanted wanted = {o->hooks, o->pids.pid, o->pids.count,
					   o->follow && !o->launch};
	struct launch command = {0};
	struct caps caps = {0};
	struct signals signals;
	int code, err;

	/* It inherits everything as we have, so it is made first. */
	code = o->launch ? launch_prepare(&command, o->launch, o->run_as) : 0;
	if (code)
		return code;
	err = o->launch ? signals_open_for_command(&signals) : signals_open(&signals);
	if (err) {
		log_error("cannot wait for signals: %s", strerror(-err));
		code = EXIT_FAILED;
	}
	code = code ? code : (int)caps_check(&caps, &wanted);
	if (!code)
		code = run(o, &caps, &signals, &command);
	if (command.gone)
		code = launched_status(&command, &signals, code);
	else if (command.pid)
		launch_abandon(&command);
	caps_clear(&caps);
	return code;
}
