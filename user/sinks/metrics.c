/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * metrics.c - see metrics.h. A further metric is a further row, and the function that writes its
 * samples.
 *
 * What goes in: services. What comes out: text. A label has few values: never a pid, a descriptor
 * or an address.
 */
#include "json/words.h"
#include "judge/rule.h"
#include "sinks/metrics.h"

/* The labels of a sample, beside its service. */
#define LABELS(...) ((labels){__VA_ARGS__})

/* Of which role a service is in its connections. */
static const char *const roles[SIDES] = {[SIDE_SERVER] = "server", [SIDE_CLIENT] = "client"};

static void put_thread_seconds(struct exposition *e, const struct service *s)
{
	for (size_t i = 0; i < s->calls; i++)
		for (unsigned int p = 0; p < PHASES && !s->call[i].is_request; p++)
			exposition_seconds(
				e, s->call[i].ns[p],
				LABELS("call", s->call[i].name, "phase", word_of_phase(p)));
}

/* Calls that ended well, and errors, are told though there was none: both are looked at as rates.
 */
static void put_calls(struct exposition *e, const struct service *s)
{
	for (size_t i = 0; i < s->calls; i++)
		for (unsigned int o = 0; o < OUTCOMES && s->call[i].has_ended; o++)
			if (s->call[i].outcome[o] || o == OUT_OK || o == OUT_ERROR)
				exposition_number(e, s->call[i].outcome[o],
						  LABELS("call", s->call[i].name, "outcome",
							 word_of_outcome(o)));
}

static void put_bytes(struct exposition *e, const struct service *s)
{
	for (size_t i = 0; i < s->calls; i++)
		if (s->call[i].bytes)
			exposition_number(e, s->call[i].bytes, LABELS("call", s->call[i].name));
}

static void put_reads(struct exposition *e, const struct service *s)
{
	for (size_t i = 0; i < models_count; i++)
		if (s->reads[i])
			exposition_number(e, s->reads[i], LABELS("model", models[i].name));
}

static void put_exchanges(struct exposition *e, const struct service *s)
{
	for (unsigned int side = 0; side < SIDES; side++)
		if (s->exchanges[side])
			exposition_number(e, s->exchanges[side], LABELS("role", roles[side]));
}

static void put_response(struct exposition *e, const struct service *s)
{
	if (s->exchanges[SIDE_SERVER])
		exposition_times(e, &s->time[TIME_RESPONSE], true,
				 LABELS("role", roles[SIDE_SERVER]));
	if (s->exchanges[SIDE_CLIENT])
		exposition_times(e, &s->time[TIME_UPSTREAM], true,
				 LABELS("role", roles[SIDE_CLIENT]));
}

static void put_service(struct exposition *e, const struct service *s)
{
	if (s->exchanges[SIDE_SERVER])
		exposition_times(e, &s->time[TIME_SERVICE], true, LABELS(NULL));
}

static void put_queueing(struct exposition *e, const struct service *s)
{
	if (service_times_count(&s->time[TIME_QUEUEING]))
		exposition_times(e, &s->time[TIME_QUEUEING], true, LABELS(NULL));
}

static void put_causes(struct exposition *e, const struct service *s)
{
	static const char *const causes[QUEUE_CAUSES] = {
		[QUEUE_BACKLOG] = "backlog",   [QUEUE_WAKEUP] = "wakeup", [QUEUE_RUNQ] = "runq",
		[QUEUE_DISPATCH] = "dispatch", [QUEUE_READ] = "read",
	};

	for (unsigned int i = 0; i < QUEUE_CAUSES && s->exchanges[SIDE_SERVER]; i++)
		exposition_seconds(e, s->cause_ns[i], LABELS("cause", causes[i]));
}

static void put_lag(struct exposition *e, const struct service *s)
{
	if (service_times_count(&s->time[TIME_LAG]))
		exposition_times(e, &s->time[TIME_LAG], false, LABELS(NULL));
}

/* A side that was in a state is told of in it for ever after, with 0. */
static void put_connections(struct exposition *e, const struct service *s)
{
	for (unsigned int side = 0; side < SIDES; side++)
		for (unsigned int state = 0; state < CONN_STATES; state++)
			if (s->seen[side][state])
				exposition_number(e, s->connections[side][state],
						  LABELS("role", roles[side], "state",
							 word_of_conn_state(state)));
}

static void put_dropped(struct exposition *e, const struct service *s)
{
	if (s->dropped)
		exposition_number(e, s->dropped, LABELS(NULL));
}

static void put_findings(struct exposition *e, const struct service *s)
{
	for (size_t i = 0; i < s->findings; i++)
		exposition_number(e, s->finding[i].now,
				  LABELS("id", s->finding[i].rule->id, "severity",
					 severity_name(s->finding[i].rule->severity)));
}

static void put_processes(struct exposition *e, const struct service *s)
{
	exposition_number(e, s->processes, LABELS(NULL));
}

static void put_threads(struct exposition *e, const struct service *s)
{
	exposition_number(e, s->threads, LABELS(NULL));
}

static void put_lost(struct exposition *e, const struct services *all)
{
	for (size_t i = 0; i < all->losses; i++)
		exposition_number(e, all->loss[i].count, LABELS("cause", all->loss[i].name));
}

static void put_joined_late(struct exposition *e, const struct services *all)
{
	exposition_number(e, all->joins.late, LABELS(NULL));
}

static void put_missed(struct exposition *e, const struct services *all)
{
	exposition_number(e, all->joins.missed, LABELS(NULL));
}

static void put_denied(struct exposition *e, const struct services *all)
{
	exposition_number(e, all->joins.denied, LABELS(NULL));
}

static void put_refused(struct exposition *e, const struct services *all)
{
	exposition_number(e, all->refused, LABELS("part", "all"));
	exposition_number(e, all->overflowed, LABELS("part", "some"));
}

static void put_series(struct exposition *e, const struct services *all)
{
	(void)all;
	exposition_number(e, e->series, LABELS(NULL));
}

static void put_own_cpu(struct exposition *e, const struct services *all)
{
	(void)all;
	exposition_seconds(e, e->own->cpu, LABELS(NULL));
}

static void put_own_time(struct exposition *e, const struct services *all)
{
	(void)all;
	for (size_t i = 0; i < e->own->programs; i++)
		if (e->own->program[i].ns)
			exposition_seconds(e, e->own->program[i].ns,
					   LABELS("program", e->own->program[i].name));
}

static void put_build(struct exposition *e, const struct services *all)
{
	(void)all;
	exposition_number(e, 1, LABELS("version", IOPHASE_VERSION));
}

/* clang-format off */
const struct metric metrics[] = {
	{"iophase_thread_seconds", METRIC_COUNTER, "seconds",
	 "Time of threads by the I/O call that they were in (app: none) and its phase.",
	 .of_service = put_thread_seconds},
	{"iophase_calls", METRIC_COUNTER, NULL,
	 "I/O calls, and requests of asynchronous interfaces, that ended, by outcome.",
	 .of_service = put_calls},
	{"iophase_bytes", METRIC_COUNTER, "bytes", "Bytes that calls read or wrote.",
	 .of_service = put_bytes},
	{"iophase_reads", METRIC_COUNTER, NULL, "Reads that got data, by I/O model.",
	 .of_service = put_reads},
	{"iophase_exchanges", METRIC_COUNTER, NULL,
	 "Requests answered (role server) and answers of upstreams (role client).",
	 .of_service = put_exchanges},
	{"iophase_response_seconds", METRIC_HISTOGRAM, "seconds",
	 "Server: from the request ready to its answer begun. Client: from asking to the answer ready.",
	 .of_service = put_response},
	{"iophase_service_seconds", METRIC_HISTOGRAM, "seconds",
	 "From the read of a request to its answer begun.", .of_service = put_service},
	{"iophase_queueing_seconds", METRIC_HISTOGRAM, "seconds",
	 "From a request ready to its read begun.", .of_service = put_queueing},
	{"iophase_queueing_cause_seconds", METRIC_COUNTER, "seconds",
	 "What requests waited for until they were read.", .of_service = put_causes},
	{"iophase_loop_lag_seconds", METRIC_HISTOGRAM, "seconds",
	 "Turns of event loops: from the end of a wait for events to the begin of the next.",
	 .of_service = put_lag},
	{"iophase_connections", METRIC_GAUGE, NULL, "Connections open, by role and state.",
	 .of_service = put_connections},
	{"iophase_backlog_dropped", METRIC_COUNTER, NULL,
	 "Packets of handshakes that found a full backlog.", .of_service = put_dropped},
	{"iophase_finding", METRIC_GAUGE, NULL,
	 "1: the finding holds of the latest period; see iophase explain.",
	 .of_service = put_findings},
	{"iophase_processes", METRIC_GAUGE, NULL, "Processes that are traced.",
	 .of_service = put_processes},
	{"iophase_threads", METRIC_GAUGE, NULL, "Threads that are traced.",
	 .of_service = put_threads},
	{"iophase_lost", METRIC_COUNTER, NULL, "What iophase has missed, by name.",
	 .of_run = put_lost},
	{"iophase_joined_late", METRIC_COUNTER, NULL,
	 "Processes taken in after they had begun, or had become what is looked for.",
	 .of_run = put_joined_late},
	{"iophase_ended_unseen", METRIC_COUNTER, NULL,
	 "Processes that may have been meant, and had ended before they could be looked at.",
	 .of_run = put_missed},
	{"iophase_not_looked_into", METRIC_GAUGE, NULL,
	 "Processes that may be meant and could not be looked into.", .of_run = put_denied},
	{"iophase_series", METRIC_GAUGE, NULL, "Time series told of services.",
	 .of_run = put_series},
	{"iophase_services_refused", METRIC_COUNTER, NULL,
	 "Services in (others) for want of room (--max-series): all of them, or some of their calls and findings.",
	 .of_run = put_refused},
	{"iophase_cpu_seconds", METRIC_COUNTER, "seconds", "CPU time of iophase itself.",
	 .of_run = put_own_cpu},
	{"iophase_bpf_seconds", METRIC_COUNTER, "seconds",
	 "Time of iophase's programs in the kernel, where the kernel times them.",
	 .of_run = put_own_time},
	{"iophase_build_info", METRIC_GAUGE, NULL, "1, with the version of iophase.",
	 .of_run = put_build},
	{.name = NULL},
};
/* clang-format on */

/* Writes them all: first those of services, so that it is known how many series they are. */
void metrics_write(FILE *out, enum dialect dialect, const struct services *all,
		   const struct own_cost *own)
{
	struct exposition e = {.out = out, .dialect = dialect, .own = own};

	for (e.metric = metrics; e.metric->name; e.metric++) {
		e.has_head = false;
		e.service = NULL;
		if (e.metric->of_run)
			e.metric->of_run(&e, all);
		for (size_t i = 0; i < all->count && e.metric->of_service; i++) {
			e.service = all->service[i]->name;
			e.metric->of_service(&e, all->service[i]);
		}
	}
	if (dialect == DIALECT_OPENMETRICS)
		fputs("# EOF\n", out);
}
