/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * options.h - what the user asked for on the command line; command_line.c fills it in.
 */
#ifndef IOPHASE_OPTIONS_H
#define IOPHASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/exit_code.h"
#include "books/connections.h"
#include "judge/lines.h"
#include "judge/rule.h"
#include "judge/service_labels.h"
#include "kernel/setup.h"
#include "proc/pids.h"
#include "target/selector.h"

struct command;
struct sink;

/* One output: what is written, and the file that it goes to; "-" is stdout. */
struct output_choice {
	const struct sink *sink;
	const char *file;
};

struct output_choices {
	struct output_choice *choice;
	size_t count;
};

enum {
	TRACE_SIZE_DEFAULT = 64, /* megabytes: as the table of options has it */
	SERIES_DEFAULT = 50000,	 /* the same */
};

/* Plain data. The strings are those of argv. */
struct options {
	const struct command *command;
	const struct command *commands; /* the table that it is of */
	char **argv;			/* as it was given, NULL at its end */
	const char *word;		/* the command's own, or NULL */
	struct pid_list pids;		/* each once, in the order given */
	struct selection selection;	/* processes by what is known of them */
	bool wait;			/* while there are none */
	char *const *launch; /* the words of a command to be started, NULL behind them; or NULL */
	const char *run_as;  /* the user whose rights that is to have, or NULL: ours */
	bool follow;
	uint64_t duration; /* ns, 0: until Ctrl-C or the last target exits */
	uint64_t interval; /* ns, 0: one report, at the end */
	bool threads;
	bool members;
	struct output_choices outputs; /* at most one of them is stdout */
	uint64_t trace_size;	       /* megabytes of a trace at most */
	enum hook_kind hooks;
	bool no_connections;
	uint64_t threads_max;	     /* that may have books at a time, */
	uint64_t connections_max;    /* and connections */
	uint64_t samples;	     /* a second, of each CPU, where there are no hooks on calls */
	uint64_t sockets;	     /* connections that the text shows one by one; 0: none */
	enum connection_key sort_by; /* and which come first */
	enum line_key lines_by;	     /* the order of lists of processes */
	enum severity fail_on;	     /* SEVERITY_NONE: findings are no failure */
	bool live;		     /* a list that lives, instead of a text report, */
	int top_sort;		     /* by this column, */
	uint32_t top_columns;	     /* with these, a set; 0: the usual ones */
	bool serves;		     /* metrics over HTTP, instead of a text report */
	const char *listen;	     /* where: ADDR:PORT */
	const char *web_config;	     /* the file about TLS and users, or NULL */
	uint64_t series_max;	     /* of metrics */
	enum service_label label;    /* what their services are */
	bool bpf_stats;		     /* the kernel times our programs, for metrics */
	bool quiet;		     /* without an output to stdout, nothing is written there */
	bool verbose;
	enum exit_code exit_code; /* if options_parse() says that the program is done */
};

#endif
