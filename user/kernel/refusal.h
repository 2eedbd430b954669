/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * refusal.h - why the kernel half could not be had: the line that says so, and the exit code.
 */
#ifndef IOPHASE_REFUSAL_H
#define IOPHASE_REFUSAL_H

#include "base/exit_code.h"

/* The steps to a kernel half that works. */
enum load_step {
	STEP_OPEN,
	STEP_CONFIGURE,
	STEP_LOAD,
	STEP_MAPS,
	STEP_ATTACH,
	LOAD_STEPS,
};

/* The exit code for a step that failed with err, a -errno. */
enum exit_code refusal_code(enum load_step step, int err);

/* Says in one line which step failed and why; returns the exit code. */
enum exit_code refusal_say(enum load_step step, int err);

#endif
