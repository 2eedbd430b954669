/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.c - the command `trace`: what this kernel can do, who is traced; then the session.
 */
#include <string.h>

#include "app/options.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/trace.h"
#include "base/log.h"
#include "kernel/caps.h"
#include "target/target.h"

/* Attaches to the targets, measures, reports. */
enum exit_code trace_run(const struct options *o)
{
	const struct caps_wanted wanted = {o->hooks, o->pids.pid, o->pids.count, o->follow};
	struct target_list targets = {0};
	struct caps caps = {0};
	struct signals signals;
	int code, err = signals_open(&signals);

	if (err) {
		log_error("cannot wait for signals: %s", strerror(-err));
		return EXIT_FAILED;
	}
	code = caps_check(&caps, &wanted);
	if (!code)
		code = targets_open(&targets, o->pids.pid, o->pids.count);
	if (!code)
		code = session_run(o, &targets, &caps, &signals);
	targets_close(&targets);
	caps_clear(&caps);
	return code;
}
