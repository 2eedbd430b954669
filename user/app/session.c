/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.c - see session.h.
 *
 * What goes in: options, targets, what this kernel can do. What comes out: reports, in the outputs.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app/about.h"
#include "app/children.h"
#include "kernel/adopt.h"
#include "kernel/collector.h"
#include "kernel/rights.h"
#include "base/log.h"
#include "base/now.h"
#include "app/launched.h"
#include "app/loop.h"
#include "app/losses.h"
#include "app/output.h"
#include "proc/proc.h"
#include "judge/report.h"
#include "app/session.h"
#include "books/snapshot.h"

enum {
	HOST_LEN = 65, /* HOST_NAME_MAX is 64 */
};

struct session {
	const struct options *options;
	const struct caps *caps;
	const struct target_list *targets;
	struct launch *launch; /* the command that is started, or NULL */
	struct signals *signals;
	struct collector *collector;
	struct loop loop;
	struct outputs outputs;
	struct about about; /* for those who record */
	struct notes notes; /* what is not seen or not known */
	char host[HOST_LEN];
	enum severity worst;	     /* of all findings of all reports */
	struct snapshot first, last; /* when tracing began; the latest one reported */
	uint64_t started;	     /* ns */
	bool has_exchanges;	     /* what clients and upstreams wait for is measured, */
	bool has_rows;		     /* and connections are told one by one */
};

/* The threads that the targets, and with -f their descendants, have now; to size the pools by. */
static unsigned int count_threads(const struct target_list *targets, bool follow)
{
	struct pid_list pids = {0}, tids = {0};
	unsigned int count;

	/* What cannot be read is gone and needs no room; that is said when it is adopted. */
	for (size_t i = 0; i < targets->count; i++) {
		pid_list_add(&pids, targets->target[i].pid);
		if (follow)
			(void)proc_descendants(targets->target[i].pid, &pids);
	}
	for (size_t i = 0; i < pids.count; i++)
		(void)proc_threads(pids.pid[i], &tids);
	count = tids.count;
	pid_list_clear(&pids);
	pid_list_clear(&tids);
	return count;
}

/* Whether a signal has ended us while we attach. */
static bool is_signalled(void *arg)
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

/* Adopts all threads of the targets; 0 if there was at least one, else the exit code. */
static enum exit_code adopt_targets(struct session *s)
{
	const struct adopt_stop stop = {is_signalled, s};
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
	return total ? EXIT_DONE : EXIT_FAILED;
}

/* Whether an output has records of that kind. */
static bool has_records(const struct options *o, const struct record_kind *kind)
{
	bool has = false;

	for (size_t i = 0; i < o->outputs.count; i++)
		has |= o->outputs.choice[i].sink->records == kind;
	return has;
}

/* Whether an output has connections if they are told: all of them, not only those that matter. */
static bool records_connections(const struct options *o)
{
	bool has = has_records(o, &record_connection);

	for (size_t i = 0; i < o->outputs.count; i++)
		has |= o->outputs.choice[i].sink->records_all;
	return has;
}

/* Loads and arms the kernel half; 0 or the exit code, said on stderr. */
static enum exit_code arm(struct session *s)
{
	const struct options *o = s->options;
	struct collector_setup setup = {
		.features = s->caps->features,
		.tracefs = s->caps->tracefs,
		.follow = o->follow,
		.threads = o->threads,
		.thread_count = count_threads(s->targets, o->follow),
		.connections_max = o->connections_max,
	};
	bool wants_rows = o->sockets || has_records(o, &record_connection);
	enum exit_code code;

	if (o->no_connections)
		setup.features.bits &= ~FEATURES_OF_CONNECTIONS;
	s->has_exchanges = feature_measures_connections(setup.features);
	s->has_rows = feature_has(setup.features, FEATURE_CONNECTIONS) && wants_rows;
	if (s->has_rows)
		feature_add(&setup.features, FEATURE_CONNECTION_ROWS);
	else if (wants_rows)
		notes_warn(&s->notes, "connections are not told one by one: not measured, or this "
				      "kernel is older than 6.3");
	if (!s->has_exchanges && has_records(o, &record_exchange))
		notes_warn(&s->notes, "exchanges are not recorded: they are not measured here");
	notes_join(&s->notes, &s->caps->lacks);
	code = collector_open(&s->collector, &setup, &s->notes);
	if (code)
		return code;
	collector_describe(s->collector);
	collector_arm(s->collector);
	return EXIT_DONE;
}

/*
 * Gives up what we may do and need no longer: from here on we read books, no process is added, and
 * to the command, whoever runs it, signals are passed on.
 */
static void give_up_rights(bool has_command)
{
	int err = rights_keep_only(RIGHT_TO_READ | (has_command ? RIGHT_TO_SIGNAL : 0));

	if (err)
		log_warn("capabilities that are not needed any more are kept: %s", strerror(-err));
}

/* Has the kernel half work on the targets; 0 or the exit code, said on stderr. */
static enum exit_code start(struct session *s)
{
	const struct options *o = s->options;
	enum exit_code code;
	int err;

	/* An output may have waited for its reader until now. */
	s->started = now_ns();
	code = is_signalled(s) ? stopped_early() : arm(s);
	if (!code && !s->launch)
		code = adopt_targets(s);
	if (code)
		return code;
	collector_read(s->collector, &s->first);
	/* From there on connections are told. */
	if (s->has_rows)
		collector_read_connections(s->collector, &s->first, false, NULL);
	/* What was lost while we attached is missing in the reports, so they have to say it. */
	memset(s->first.lost, 0, sizeof(s->first.lost));
	s->first.missed = 0;
	err = loop_start(&s->loop, s->first.at, o->duration, o->interval);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
		return EXIT_FAILED;
	}
	log_info("armed: %llu threads", (unsigned long long)collector_live(s->collector));
	if (s->launch) {
		s->started = s->first.at; /* it has not waited for us */
		code = launched_begin(s->launch, s->collector, &s->loop, s->signals);
	}
	give_up_rights(s->launch);
	return code;
}

/* What to do with a report; 0 or the -errno of an output that failed. */
typedef int report_user(struct session *s, const struct report *r);

static report_user use_total;

/* Adds the connections that are open to the report: of its interval, or of all their time. */
static void add_connections(const struct session *s, struct report *r, const struct snapshot *to,
			    bool whole)
{
	struct connection_list list = {.key = s->options->sort_by};

	r->connections_max = s->options->connections_max;
	r->connections_shown = s->has_rows ? s->options->sockets : 0;
	if (!s->has_rows || (whole && !s->options->sockets))
		return;
	/* Where only people read them, those are enough that are shown. */
	if (whole || !records_connections(s->options))
		list.keep = s->options->sockets;
	collector_read_connections(s->collector, to, whole, &list);
	report_take_connections(r, &list);
	connections_clear(&list);
}

/* Has the time from `from` until `to` reported. */
static int report(struct session *s, const struct snapshot *from, const struct snapshot *to,
		  report_user *use)
{
	struct window window = {0};
	enum severity worst;
	struct report *r;
	int err;

	snapshot_diff(&window, from, from->at, to);
	if (!s->options->follow)
		children_look_up(&window);
	r = report_build(&window, (const char *const *)s->notes.line, s->notes.count);
	r->host = s->host[0] ? s->host : NULL;
	r->has_exchanges = s->has_exchanges;
	r->by_calls = feature_has(s->caps->features, FEATURE_CONNECTIONS_BY_CALLS);
	add_connections(s, r, to, use == use_total);
	worst = findings_worst(&r->findings);
	if (worst > s->worst)
		s->worst = worst;
	/* Of a later interval it is of no interest. */
	r->late = from == &s->first ? s->first.at - s->started : 0;
	err = use(s, r);
	report_free(r);
	window_clear(&window);
	return err;
}

/* Writes the report of an interval, or of the whole time if there are no intervals. */
static int use_interval(struct session *s, const struct report *r)
{
	int err = outputs_interval(&s->outputs, r);

	if (!outputs_tell_losses(&s->outputs))
		losses_say(r, s->options->interval ? " in this interval" : "");
	return err;
}

/* Writes the report of the whole time after those of its intervals. */
static int use_total(struct session *s, const struct report *r)
{
	int err = outputs_total(&s->outputs, r);

	if (!outputs_tell_losses(&s->outputs))
		losses_say(r, " in all");
	return err;
}

/* Reads the books and reports on the time since the last report; 0 or -errno. */
static int report_interval(struct session *s)
{
	const struct snapshot *from = s->last.at ? &s->last : &s->first;
	struct snapshot now = {0};
	int err;

	collector_read(s->collector, &now);
	err = report(s, from, &now, use_interval);
	snapshot_clear(&s->last);
	s->last = now;
	return err;
}

/* Reads the books of the dead, looks for some of those whose death was missed, and whether there
 * are too many connections. */
static void look_after_the_books(struct session *s)
{
	collector_reconcile(s->collector);
	collector_reap(s->collector);
	collector_bound_connections(s->collector);
}

/* Looks whether deaths were missed in the targets that have just ended: none of their threads
 * lives.
 */
static void look_after_ended_targets(struct session *s)
{
	for (size_t i = 0; i < s->loop.dead_count; i++)
		for (size_t j = 0; j < s->targets->count; j++)
			if (s->targets->target[j].pidfd == s->loop.dead[i])
				collector_reconcile_process(s->collector,
							    s->targets->target[j].pid);
	if (s->launch && launch_ended(s->launch))
		collector_reconcile_process(s->collector, s->launch->pid);
}

/* Whether there is nothing more to measure: the command has ended, or all targets have. */
static bool is_over(const struct session *s)
{
	return s->launch ? launch_ended(s->launch) : !collector_live(s->collector);
}

/* Waits and reports until the end has come, or an output has failed; 0 or the exit code. */
static enum exit_code collect(struct session *s)
{
	while (!is_over(s)) {
		int due = loop_wait(&s->loop);

		if (due < 0) {
			log_error("cannot wait: %s", strerror(-due));
			return EXIT_FAILED;
		}
		if (due & LOOP_STOP)
			break;
		if (due & LOOP_TICK)
			look_after_the_books(s);
		if (due & LOOP_DEATH)
			look_after_ended_targets(s);
		/* The last interval ends with the duration, it is not followed by a shred. */
		if ((due & LOOP_INTERVAL) &&
		    !loop_ends_within(&s->loop, s->options->interval / 10) && report_interval(s))
			break;
	}
	return EXIT_DONE;
}

/* Stops the kernel half and writes the last reports, to the outputs that still take something. */
static void finish(struct session *s)
{
	collector_disarm(s->collector);
	collector_describe_missed(s->collector);
	if (s->launch)
		launched_tell_left(s->launch, s->collector);
	/* Each output remembers what became of it. */
	(void)report_interval(s);
	if (s->options->interval)
		(void)report(s, &s->first, &s->last, use_total);
}

/* The exit code for an error that has been spoken of already, or, by -EPIPE, is none. */
static enum exit_code exit_code_of(int err)
{
	return err && err != -EPIPE ? EXIT_FAILED : EXIT_DONE;
}

/* Says what is not seen or not known where no report will. */
static void say_notes(const struct session *s)
{
	for (size_t i = 0; i < s->notes.count && !outputs_tell_losses(&s->outputs); i++)
		if (!s->notes.said[i])
			log_warn("%s", s->notes.line[i]);
}

/* Measures and reports until the end has come; returns the exit code of the program. */
static enum exit_code measure(struct session *s)
{
	enum exit_code code = EXIT_DONE, written;
	int err;

	about_fill(&s->about, s->options, s->collector, &s->notes, s->host);
	err = outputs_begin(&s->outputs);
	say_notes(s);
	if (!err)
		code = collect(s);
	finish(s);
	written = exit_code_of(outputs_close(&s->outputs));
	code = code ? code : written;
	if (!code && s->options->fail_on && s->worst >= s->options->fail_on)
		code = EXIT_FOUND;
	return code;
}

/* Traces the targets until the end that the options name. */
enum exit_code session_run(const struct options *o, const struct target_list *targets,
			   const struct caps *caps, struct signals *signals, struct launch *launch)
{
	struct session s = {
		.options = o,
		.caps = caps,
		.targets = targets,
		.signals = signals,
		.launch = launch,
	};
	enum exit_code code;
	int err = loop_open(&s.loop, signals);

	if (gethostname(s.host, sizeof(s.host) - 1))
		s.host[0] = '\0';
	if (err) {
		log_error("cannot wait for timers: %s", strerror(-err));
		return EXIT_FAILED;
	}
	s.outputs.about = &s.about;
	code = outputs_open(&s.outputs, o, signals);
	code = code ? code : start(&s);
	if (code)
		outputs_abandon(&s.outputs);
	else
		code = measure(&s);
	snapshot_clear(&s.first);
	snapshot_clear(&s.last);
	notes_clear(&s.notes);
	about_clear(&s.about);
	if (s.collector)
		collector_leave(s.collector);
	return code;
}
