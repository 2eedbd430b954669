/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * commands.c - the table of commands. A further command is a further row, and a file of its own.
 */
#include <stddef.h>

#include "app/check.h"
#include "app/commands.h"
#include "app/completion.h"
#include "app/explain.h"
#include "app/export.h"
#include "app/ps.h"
#include "app/replay.h"
#include "app/schema.h"
#include "app/top.h"
#include "app/trace.h"
#include "sinks/sink.h"

/* What is measured, and what becomes of it. */
#define GROUPS_OF_ALL                                                                              \
	(1U << GROUP_TARGETS | 1U << GROUP_TIME | 1U << GROUP_REPORT | 1U << GROUP_OUTPUT |        \
	 1U << GROUP_HOW)

const struct command commands[] = {
	{"trace", "measure, then report",
	 "[trace] [options] TARGETS\n"
	 "       iophase [trace] [options] -- COMMAND [ARG...]",
	 NULL,
	 GROUPS_OF_ALL | 1U << GROUP_LATER | 1U << GROUP_INTERVALS | 1U << GROUP_BLOCKS |
		 1U << GROUP_STREAM | 1U << GROUP_METRICS | 1U << GROUP_HOOKS,
	 trace_run, &sink_text, NULL},
	{"ps", "a line for each process that has sockets, after two seconds (-d)",
	 "ps [options] [TARGETS]", NULL, GROUPS_OF_ALL | 1U << GROUP_LINES | 1U << GROUP_LIGHT,
	 trace_run, &sink_ps, ps_complete},
	{"top", "the same, live, on a terminal; without TARGETS: -a", "top [options] [TARGETS]",
	 NULL,
	 1U << GROUP_TARGETS | 1U << GROUP_TIME | 1U << GROUP_INTERVALS | 1U << GROUP_LIVE |
		 1U << GROUP_LIGHT | 1U << GROUP_HOW,
	 top_run, &sink_ps, top_complete},
	{"export", "metrics for Prometheus over HTTP, until stopped; without TARGETS: -a",
	 "export [options] [TARGETS]", NULL,
	 1U << GROUP_TARGETS | 1U << GROUP_TIME | 1U << GROUP_INTERVALS | 1U << GROUP_OUTPUT |
		 1U << GROUP_METRICS | 1U << GROUP_SERVE | 1U << GROUP_LIGHT | 1U << GROUP_HOW,
	 trace_run, &sink_openmetrics, export_complete},
	{"explain", "what a finding means; without ID, which there are", "explain [ID]", "ID", 0,
	 explain_run, NULL, NULL},
	{"check", "what this kernel, these rights and this build offer", "check", NULL, 0,
	 check_run, NULL, NULL},
	{"report", "a recording of -o json:FILE reported again; - is stdin",
	 "report [options] FILE", "FILE",
	 1U << GROUP_BLOCKS | 1U << GROUP_REPORT | 1U << GROUP_OUTPUT, replay_run, &sink_text,
	 NULL},
	{"schema", "the JSON Schema of the lines that -o json:FILE writes", "schema", NULL, 0,
	 schema_run, NULL, NULL},
	{"completion", "what a shell completes: bash, zsh or fish", "completion SHELL", "SHELL", 0,
	 completion_run, NULL, NULL},
	{NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
