/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * commands.c - the table of commands. A further command is a further row, and a file of its own.
 */
#include <stddef.h>

#include "app/check.h"
#include "app/commands.h"
#include "app/explain.h"
#include "app/replay.h"
#include "app/schema.h"
#include "app/trace.h"

#define ALL_GROUPS ((1U << GROUPS) - 1)

const struct command commands[] = {
	{"trace", "measure, then report",
	 "[trace] [options] TARGETS\n"
	 "       iophase [trace] [options] -- COMMAND [ARG...]",
	 NULL, ALL_GROUPS, trace_run},
	{"explain", "what a finding means; without ID, which there are", "explain [ID]", "ID", 0,
	 explain_run},
	{"check", "what this kernel, these rights and this build offer", "check", NULL, 0,
	 check_run},
	{"report", "a recording of -o json:FILE reported again; - is stdin",
	 "report [options] FILE", "FILE", 1U << GROUP_REPORT | 1U << GROUP_OUTPUT, replay_run},
	{"schema", "the JSON Schema of the lines that -o json:FILE writes", "schema", NULL, 0,
	 schema_run},
	{NULL, NULL, NULL, NULL, 0, NULL},
};
