/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * option_rows.c - the table of options. To add one, add a row and a field to struct options. Of
 * several rows of one name a command has that of the groups that it takes.
 */
#include "app/option_rows.h"
#include "app/options.h"
#include "app/time_parse.h"
#include "base/types.h"
#include "common/abi.h"
#include "judge/service_room.h"
#include "sinks/sink.h"
#include "target/selector.h"
#include "top/columns.h"

/* Where an option is stored. */
#define FIELD(name) offsetof(struct options, name)

/* From 1 ms on. */
#define TIMES                                                                                      \
	{                                                                                          \
		NSEC_PER_MSEC, TIME_LIMIT_NS                                                       \
	}

static const struct word hooks[] = {
	{"syscalls", HOOKS_SYSCALLS}, {"raw", HOOKS_RAW}, {"light", HOOKS_LIGHT},
	{"lightest", HOOKS_LIGHTEST}, {NULL, 0},
};

static const struct word labels[] = {
	{"comm", LABEL_COMM}, {"exe", LABEL_EXE}, {"container", LABEL_CONTAINER},
	{"unit", LABEL_UNIT}, {NULL, 0},
};

#define HOOKS_HELP                                                                                 \
	"syscalls: one tracepoint per call; raw: sys_enter, sys_exit; light: none,\n"              \
	"so other processes pay nothing, with fewer counts; lightest: light where\n"               \
	"this kernel tells of sockets, too, else syscalls"

/* clang-format off */
const struct option_row option_rows[] = {
	{"pid", 'p', GROUP_TARGETS, "LIST", read_pids, FIELD(pids),
	 .help = "these processes: pids, between them commas, blanks or newlines"},
	{"name", 'n', GROUP_TARGETS, "GLOB", read_selector, FIELD(selection),
	 .selector = &selector_name,
	 .help = "processes of that name, or with a program of that name; a word alone\n"
		 "is a name too: iophase nginx"},
	{"exe", 0, GROUP_TARGETS, "PATH", read_selector, FIELD(selection),
	 .selector = &selector_exe, .help = "that run this program"},
	{"port", 0, GROUP_TARGETS, "N", read_selector, FIELD(selection),
	 .selector = &selector_port,
	 .help = "that wait for clients at a port, of TCP or UDP; :N alone is a port too"},
	{"cgroup", 0, GROUP_TARGETS, "PATH", read_selector, FIELD(selection),
	 .selector = &selector_cgroup, .help = "in this cgroup, or below it"},
	{"container", 0, GROUP_TARGETS, "ID", read_selector, FIELD(selection),
	 .selector = &selector_container,
	 .help = "in this container: the begin of its id, as docker ps has it"},
	{"user", 0, GROUP_TARGETS, "NAME", read_selector, FIELD(selection),
	 .selector = &selector_user, .help = "of this user, a name or a number"},
	{"all", 'a', GROUP_TARGETS, NULL, read_selector, FIELD(selection),
	 .selector = &selector_all, .help = "all that have sockets"},
	{"exclude", 0, GROUP_TARGETS, "SELECTOR", read_excluded, FIELD(selection),
	 .help = "but not these: a name, :PORT, or user=NAME, exe=PATH, cgroup=PATH,\n"
		 "container=ID"},
	{"wait", 'w', GROUP_LATER, NULL, read_flag, FIELD(wait),
	 .help = "wait for them where there are none yet, and again when all have ended"},
	{"follow", 'f', GROUP_TARGETS, NULL, read_flag, FIELD(follow),
	 .help = "their descendants too: those alive now and those born later"},
	{"run-as", 0, GROUP_LATER, "USER", read_text, FIELD(run_as),
	 .help = "the command with the rights of that user; iophase itself keeps its own"},
	{"duration", 'd', GROUP_TIME, "TIME", read_time, FIELD(duration), .time = TIMES,
	 .help = "stop after TIME (5, 1.5s, 500ms, 2m, 1h, 1d); without it, on Ctrl-C or\n"
		 "when the last target, or the command, exits"},
	{"interval", 'i', GROUP_INTERVALS, "TIME", read_time, FIELD(interval), .time = TIMES,
	 .help = "report every TIME as well; each report covers its interval"},
	{"threads", 't', GROUP_BLOCKS, NULL, read_flag, FIELD(threads),
	 .help = "one block per thread"},
	{"members", 0, GROUP_BLOCKS, NULL, read_flag, FIELD(members),
	 .help = "one block per process of a family (-f), not only a line; -t has them too"},
	{"sockets", 's', GROUP_BLOCKS, "[N]", read_count, FIELD(sockets),
	 .count = {1, 10000}, .bare = "10",
	 .help = "the N connections that matter most, one by one (10 if N is not said)"},
	{"sort", 0, GROUP_BLOCKS, "KEY", read_choice, FIELD(sort_by), .choices = connection_keys,
	 .fallback = "response",
	 .help = "by what: response (time that it was waited for answers there), queueing,\n"
		 "service, blocked, bytes or reads; csv-connections has them in that order"},
	{"sort", 0, GROUP_LINES, "KEY", read_choice, FIELD(lines_by), .choices = line_keys,
	 .fallback = "requests",
	 .help = "by what: requests (per second), reads, cpu (time on one), response (p99)\n"
		 "or pid"},
	{"sort", 0, GROUP_LIVE, "COLUMN", read_choice, FIELD(top_sort), .choices = top_column_words,
	 .fallback = "requests",
	 .help = "by which column; ? says which there are, and keys sort anew"},
	{"columns", 0, GROUP_LIVE, "LIST", read_set, FIELD(top_columns), .choices = top_column_words,
	 .help = "with these, between them commas, as far as there is room"},
	{"quiet", 'q', GROUP_REPORT, NULL, read_flag, FIELD(quiet),
	 .help = "no text report, unless it is asked for by -o text:FILE"},
	{"fail-on", 0, GROUP_REPORT, "SEVERITY", read_choice, FIELD(fail_on), .choices = severities,
	 .help = "exit with 5 if there was a finding as severe: note, warning or problem"},
	{"output", 'o', GROUP_OUTPUT, "KIND:FILE", read_output, FIELD(outputs),
	 .help = "write to FILE as well; - is stdout, then without the text report; may be\n"
		 "given again for other files. KIND is"},
	{"csv", 0, GROUP_OUTPUT, "FILE", read_file, FIELD(outputs), .sink = &sink_csv,
	 .help = "the same as -o csv:FILE"},
	{"perfetto-size", 0, GROUP_STREAM, "MB", read_count, FIELD(trace_size),
	 .count = {1, 4096}, .fallback = "64",
	 .help = "megabytes of a trace (-o perfetto:FILE) at most: there it ends"},
	{"label", 0, GROUP_METRICS, "BY", read_choice, FIELD(label), .choices = labels,
	 .fallback = "comm",
	 .help = "what a service is: all processes of one comm (their name), exe (path of\n"
		 "program), container or unit of systemd; who has none goes by its comm"},
	{"max-series", 0, GROUP_METRICS, "N", read_count, FIELD(series_max),
	 .count = {SERIES_LEAST, 10000000}, .fallback = "50000",
	 .help = "so many time series at most; a service that has no room for all that it\n"
		 "may need (about 250) is summed in the service (others)"},
	{"bpf-stats", 0, GROUP_METRICS, NULL, read_flag, FIELD(bpf_stats),
	 .help = "iophase_bpf_seconds_total too: the kernel times our programs, which makes\n"
		 "each run of any BPF program dearer; takes CAP_SYS_ADMIN"},
	{"listen", 0, GROUP_SERVE, "ADDR:PORT", read_endpoint, FIELD(listen),
	 .fallback = "127.0.0.1:9435",
	 .help = "where clients connect; [::1]:9435 is IPv6, :9435 any address"},
	{"web-config", 0, GROUP_SERVE, "FILE", read_text, FIELD(web_config),
	 .help = "TLS and users with passwords, a file as Prometheus' exporters have it"},
	{"hooks", 0, GROUP_HOOKS, "KIND", read_choice, FIELD(hooks), .choices = hooks,
	 .fallback = "syscalls", .help = HOOKS_HELP},
	{"hooks", 0, GROUP_LIGHT, "KIND", read_choice, FIELD(hooks), .choices = hooks,
	 .fallback = "lightest", .help = HOOKS_HELP},
	{"samples", 0, GROUP_HOW, "N", read_count, FIELD(samples), .count = {0, 10000},
	 .fallback = "99",
	 .help = "without hooks on calls, so many samples a second of each CPU, by which\n"
		 "time on a CPU is divided between calls; 0: none"},
	{"no-connections", 0, GROUP_HOW, NULL, read_flag, FIELD(no_connections),
	 .help = "do not measure what clients and upstreams wait for; costs less"},
	{"max-threads", 0, GROUP_HOW, "N", read_count, FIELD(threads_max),
	 .count = {1, THREADS_LIMIT}, .fallback = "65000",
	 .help = "books for N threads at a time; further ones are counted as lost"},
	{"max-connections", 0, GROUP_HOW, "N", read_count, FIELD(connections_max),
	 .count = {1, 100000000}, .fallback = "100000",
	 .help = "clocks for N connections at a time; of more, the least active ones are\n"
		 "let go"},
	{"verbose", 'v', GROUP_HOW, NULL, read_flag, FIELD(verbose),
	 .help = "say what was attached and what this kernel lacks"},
	{"version", 'V', GROUP_HOW, .help = "print the version and exit"},
	{"help", 'h', GROUP_HOW, .help = "print this text and exit"},
};
/* clang-format on */

const size_t option_rows_count = ARRAY_SIZE(option_rows);

_Static_assert(ARRAY_SIZE(option_rows) <= OPTION_ROWS_MAX, "the parser has room for all rows");
