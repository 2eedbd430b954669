/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * start.c - see start.h.
 *
 * What goes in: options, targets, what this kernel can do. What comes out: an armed kernel half
 * that has the threads of the targets in its books, and what they had done by then.
 */
#include <errno.h>
#include <string.h>

#include "app/command.h"
#include "app/command_line.h"
#include "app/launched.h"
#include "app/start.h"
#include "base/log.h"
#include "base/now.h"
#include "kernel/adopt.h"
#include "kernel/collector.h"
#include "kernel/rights.h"
#include "proc/proc.h"

enum {
	WANTED_LEN = 512, /* of the selectors in a message */
};

/*
 * The threads that the targets, and those that match, and with -f their descendants, have now; to
 * size the pools by.
 */
static unsigned int count_threads(const struct target_list *targets, const struct options *o)
{
	struct pid_list pids = {0};
	unsigned int count = 0;
	size_t asked;

	membership_find(o, &pids);
	for (size_t i = 0; i < targets->count; i++)
		pid_list_add(&pids, targets->target[i].pid);
	asked = pids.count;
	/* What cannot be read is gone and needs no room; that is said when it is adopted. */
	for (size_t i = 0; i < asked && o->follow; i++)
		(void)proc_descendants(pids.pid[i], &pids);
	pid_list_unify(&pids);
	for (size_t i = 0; i < pids.count; i++)
		count += proc_thread_count(pids.pid[i]);
	pid_list_clear(&pids);
	return count;
}

/* Whether a signal has ended us while we attach. */
bool session_is_signalled(void *arg)
{
	const struct session *s = arg;

	return signals_came(s->signals);
}

/* Says that nothing has been measured; the exit code. */
static enum exit_code stopped_early(void)
{
	log_error("stopped before all threads were attached to: nothing measured");
	return EXIT_FAILED;
}

/* Says that nobody matches, or matched in all the time; the exit code. */
enum exit_code session_tell_nobody(const struct session *s)
{
	const struct options *o = s->options;
	char wanted[WANTED_LEN], denied[WANTED_LEN];
	bool lacks = membership_describe_denied(&s->membership, denied, sizeof(denied));
	bool may_wait = o->command->groups & 1U << GROUP_LATER && !o->wait;

	selection_describe(&o->selection, wanted, sizeof(wanted));
	log_error("no process %s%s%s%s", wanted, denied[0] ? "; " : "", denied,
		  may_wait ? " (--wait waits for one)" : "");
	return lacks ? EXIT_DENIED : EXIT_FAILED;
}

/* Adopts who matches the selectors, beside `total` threads of targets; likewise. */
static enum exit_code adopt_selected(struct session *s, int total, const struct adopt_stop *stop)
{
	int added = membership_begin(&s->membership, s->collector, stop);

	if (added == -ECANCELED)
		return stopped_early();
	if (added < 0) {
		log_error("cannot attach: %s", strerror(-added));
		return EXIT_FAILED;
	}
	if (total + added || s->options->wait)
		return EXIT_DONE;
	return s->options->selection.includes ? session_tell_nobody(s) : EXIT_FAILED;
}

/* Adopts all threads of the targets; 0 if there was at least one, else the exit code. */
static enum exit_code adopt_targets(struct session *s)
{
	const struct adopt_stop stop = {session_is_signalled, s};
	int total = 0;

	for (size_t i = 0; i < s->targets->count; i++) {
		const struct target *target = &s->targets->target[i];
		int added = adopt_process(s->collector, target->pid, s->options->follow, &stop,
					  &s->notes);

		if (added == -ECANCELED)
			return stopped_early();
		if (added < 0) {
			log_error("pid %d: cannot attach: %s", target->pid, strerror(-added));
			return EXIT_FAILED;
		}
		total += added;
		/* As the descendant of an earlier target it may be in the books already. */
		if (!added && !collector_has_thread(s->collector, target->pid))
			log_error("pid %d: exited while we attached to it", target->pid);
		else if (loop_watch(&s->loop, target->pidfd))
			log_warn("pid %d: its end will be noticed late", target->pid);
	}
	return adopt_selected(s, total, &stop);
}

/* Whether an output has records of that kind. */
static bool has_records(const struct options *o, const struct record_kind *kind)
{
	bool has = false;

	for (size_t i = 0; i < o->outputs.count; i++)
		has |= o->outputs.choice[i].sink->records == kind;
	return has;
}

/* Whether an output counts connections one by one. */
static bool counts_connections(const struct options *o)
{
	bool counts = o->serves;

	for (size_t i = 0; i < o->outputs.count; i++)
		counts |= o->outputs.choice[i].sink->counts_connections;
	return counts;
}

/* Whether an output has connections if they are told: all of them, not only those that matter. */
bool session_records_connections(const struct options *o)
{
	bool has = has_records(o, &record_connection);

	for (size_t i = 0; i < o->outputs.count; i++)
		has |= o->outputs.choice[i].sink->records_all;
	return has || counts_connections(o);
}

/* Whether an output has whose processes are, or will have it for a recording of it. */
bool session_tells_whose(const struct options *o)
{
	bool tells = o->command->report->tells_whose;

	for (size_t i = 0; i < o->outputs.count; i++)
		tells |= o->outputs.choice[i].sink->tells_whose;
	return tells;
}

/* Whether the kernel is to time our programs. */
static enum own_time_wish own_time_wished(const struct options *o)
{
	if (!options_have_metrics(o))
		return OWN_TIME_NONE;
	return o->bpf_stats ? OWN_TIME_WANTED : OWN_TIME_IF_COUNTED;
}

/* What the kernel half is to tell of, for the selectors to be asked again. */
static uint32_t changes_wanted(const struct selection *s)
{
	static const struct {
		const struct selector_kind *kind;
		enum change_kind change;
	} asked[] = {
		{&selector_all, CHANGE_SOCKETS},      {&selector_port, CHANGE_PORTS},
		{&selector_user, CHANGE_USER},	      {&selector_cgroup, CHANGE_CGROUP},
		{&selector_container, CHANGE_CGROUP},
	};
	uint32_t changes = CHANGE_PROGRAM;

	if (!s->includes)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if (selection_asks(s, asked[i].kind))
			changes |= asked[i].change;
	if (selection_excludes(s, &selector_port))
		changes |= CHANGE_LEAVING_PORTS;
	return changes;
}

/* Loads and arms the kernel half; 0 or the exit code, said on stderr. */
static enum exit_code arm(struct session *s)
{
	const struct options *o = s->options;
	struct collector_setup setup = {
		.features = s->caps->features,
		.tracefs = s->caps->tracefs,
		/* Children are what their parents are, until they change. */
		.follow = o->follow || o->selection.includes,
		.changes = changes_wanted(&o->selection),
		.threads = o->threads,
		.own_time = own_time_wished(o),
		.thread_count = count_threads(s->targets, o),
		.threads_max = (uint32_t)o->threads_max,
		.connections_max = o->connections_max,
		.samples = (uint32_t)o->samples,
	};
	bool wants_rows = o->sockets || has_records(o, &record_connection) || counts_connections(o);
	enum exit_code code;

	if (o->no_connections)
		setup.features.bits &= ~FEATURES_OF_CONNECTIONS;
	if (feature_has(setup.features, FEATURE_LIGHT) &&
	    !feature_has(setup.features, FEATURE_CONNECTIONS) &&
	    feature_has(setup.features, FEATURE_COPY)) {
		/* What tells the end of a read of a socket is what measures connections. */
		setup.features.bits &= ~FEATURE_BIT(FEATURE_COPY);
		notes_add(&s->notes,
			  "without connections, and without hooks on system calls, nobody "
			  "tells when a copy is over: the copying stays in cpu");
	}
	s->has_exchanges = feature_measures_connections(setup.features);
	s->has_rows = feature_has(setup.features, FEATURE_CONNECTIONS) && wants_rows;
	if (s->has_rows)
		feature_add(&setup.features, FEATURE_CONNECTION_ROWS);
	else if (wants_rows)
		notes_warn(&s->notes, "connections are not told one by one: not measured, or this "
				      "kernel is older than 6.3");
	if (!s->has_exchanges && has_records(o, &record_exchange))
		notes_warn(&s->notes, "exchanges are not recorded: they are not measured here");
	if (options_stream(o))
		feature_add(&setup.features, FEATURE_STREAM);
	if (options_stream(o) && !feature_has(setup.features, FEATURE_CONNECTIONS))
		notes_warn(&s->notes, "the trace has no tracks of connections: not measured, or "
				      "this kernel is older than 6.3");
	notes_join(&s->notes, &s->caps->lacks);
	code = collector_open(&s->collector, &setup, &s->notes);
	if (code)
		return code;
	collector_describe(s->collector);
	collector_arm(s->collector);
	return EXIT_DONE;
}

/*
 * Gives up what we may do and need no longer: from here on we read books, and to a command, whoever
 * runs it, signals are passed on. Who looks for processes that join in goes on as it began, and who
 * tells whose they are looks into them.
 */
static void give_up_rights(const struct session *s)
{
	unsigned int joining = RIGHT_TO_TRACE | RIGHT_TO_INSPECT | RIGHT_TO_SEE_CALLS;
	unsigned int telling = s->options->label == LABEL_EXE ? RIGHT_TO_INSPECT : 0;
	int err;

	/* Whose ports they are is told by their descriptors, which are their owner's to read. */
	if (session_tells_whose(s->options))
		telling = RIGHT_TO_INSPECT | RIGHT_TO_SEE_CALLS;
	err = rights_keep_only(RIGHT_TO_READ | telling | (s->launch ? RIGHT_TO_SIGNAL : 0) |
			       (s->options->selection.includes ? joining : 0) |
			       (outputs_replace(&s->outputs) ? RIGHT_TO_REPLACE : 0));

	if (err)
		log_warn("capabilities that are not needed any more are kept: %s", strerror(-err));
}

/* Lets the command go; 0 or the exit code. It is looked up before, as it may end at once, and when
 * it is its own program. */
static enum exit_code launch_begins(struct session *s)
{
	enum exit_code code;

	s->started = s->first.at; /* it has not waited for us */
	/* What its program is, is not known yet. */
	if (s->options->label != LABEL_EXE)
		wheres_look(&s->wheres, s->launch->pid);
	code = launched_begin(s->launch, s->collector, &s->loop, s->signals);
	wheres_look(&s->wheres, s->launch->pid);
	return code;
}

/* Has the kernel half work on the targets; 0 or the exit code, said on stderr. */
enum exit_code session_start(struct session *s)
{
	const struct options *o = s->options;
	enum exit_code code;
	int err;

	/* An output may have waited for its reader until now. */
	s->started = now_ns();
	code = session_is_signalled(s) ? stopped_early() : arm(s);
	if (!code && !s->launch)
		code = adopt_targets(s);
	if (code)
		return code;
	s->streaming = options_stream(o);
	if (s->streaming)
		collector_stream(s->collector, true);
	collector_read(s->collector, &s->first);
	/* From there on connections are told. */
	if (s->has_rows)
		collector_read_connections(s->collector, &s->first, false, NULL);
	/* What was lost while we attached is missing in the reports, so they have to say it. */
	memset(s->first.lost, 0, sizeof(s->first.lost));
	s->first.missed = 0;
	err = loop_watch_low(&s->loop, collector_low_fd(s->collector));
	if (collector_changes_fd(s->collector) >= 0)
		err = err ? err : loop_watch_news(&s->loop, collector_changes_fd(s->collector));
	err = err ? err : loop_start(&s->loop, s->first.at, o->duration, o->interval);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
		return EXIT_FAILED;
	}
	log_info("armed: %llu threads", (unsigned long long)collector_live(s->collector));
	wheres_renew(&s->wheres, &s->first.processes);
	if (s->launch)
		code = launch_begins(s);
	give_up_rights(s);
	return code;
}
