/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * session.c - see session.h.
 *
 * What goes in: options, targets, what this kernel can do. What comes out: reports, in the outputs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/about.h"
#include "app/children.h"
#include "kernel/adopt.h"
#include "kernel/collector.h"
#include "base/log.h"
#include "base/now.h"
#include "base/xalloc.h"
#include "app/launched.h"
#include "app/loop.h"
#include "app/losses.h"
#include "app/output.h"
#include "judge/report.h"
#include "app/session.h"
#include "app/start.h"
#include "app/streaming.h"
#include "app/whose.h"
#include "books/snapshot.h"

/* What to do with a report; 0 or the -errno of an output that failed. */
typedef int report_user(struct session *s, const struct report *r);

static report_user use_interval;

/* Adds the connections that are open to the report: of its interval, or of all their time. */
static void add_connections(struct session *s, struct report *r, const struct snapshot *to,
			    bool whole)
{
	struct connection_list list = {.key = s->options->sort_by};

	r->connections_max = s->options->connections_max;
	r->connections_shown = s->has_rows ? s->options->sockets : 0;
	if (!s->has_rows || (whole && !s->options->sockets))
		return;
	if (s->options->live && live_connections(&s->live) != CONNECTIONS_TELL) {
		r->connections_shown = 0;
		if (s->live.reads_connections)
			collector_read_connections(s->collector, to, false, NULL);
		return;
	}
	/* Where only people read them, those are enough that are shown; a list that lives asks. */
	if (!s->options->live && (whole || !session_records_connections(s->options)))
		list.keep = s->options->sockets;
	collector_read_connections(s->collector, to, whole, &list);
	report_take_connections(r, &list);
	connections_clear(&list);
}

/* Has the time from `from` until `to` reported. */
static int report(struct session *s, const struct snapshot *from, const struct snapshot *to,
		  report_user *use)
{
	struct window *window = xcalloc(1, sizeof(*window));
	struct notes notes = {0};
	struct report *r;
	int err;

	snapshot_diff(window, from, from->at, to);
	/* Who began to be told by thread now has no begin. */
	if (s->options->live && !from->threads.count)
		task_list_clear(&window->threads);
	membership_mark(&s->membership, window);
	wheres_tell(&s->wheres, &window->processes);
	if (!s->options->follow && !s->options->live)
		children_look_up(window);
	if (session_tells_whose(s->options))
		whose_look_up(window, s->options->live ? &s->whose : NULL);
	notes_join(&notes, &s->notes);
	membership_tell(&s->membership, &window->joins, from == &s->first, &notes);
	r = report_build(window, (const char *const *)notes.line, notes.count);
	for (size_t i = 0; i < r->processes; i++)
		r->process[i].service = wheres_service(
			&s->wheres, task_list_find(&window->processes, r->process[i].pid, 0));
	/* The list that lives begins with what all came to, whoever named them. */
	if (s->options->selection.includes || s->options->live)
		report_sum_up(r, window);
	r->own.cpu = now_cpu_ns();
	collector_own_time(s->collector, &r->own);
	r->host = s->host[0] ? s->host : NULL;
	r->has_exchanges = s->has_exchanges;
	r->by_calls = feature_has(s->caps->features, FEATURE_CONNECTIONS_BY_CALLS);
	r->light = feature_has(s->caps->features, FEATURE_LIGHT);
	add_connections(s, r, to, use != use_interval);
	/* Of a later interval it is of no interest. */
	r->late = from == &s->first ? s->first.at - s->started : 0;
	notes_clear(&notes);
	err = use(s, r);
	if (s->options->live) {
		live_take(&s->live, r, window);
		return err;
	}
	report_free(r);
	window_clear(window);
	free(window);
	return err;
}

/* Notes how severe the worst finding of a report is. */
static void note_worst(struct session *s, const struct report *r)
{
	enum severity worst = findings_worst(&r->findings);

	if (worst > s->worst)
		s->worst = worst;
}

/* Writes the report of an interval, or of the whole time if there are no intervals. */
static int use_interval(struct session *s, const struct report *r)
{
	int err = outputs_interval(&s->outputs, r);

	note_worst(s, r);
	if (s->options->live)
		return 0;
	if (s->options->serves)
		exporter_take(&s->exporter, r);
	if (!outputs_tell_losses(&s->outputs))
		losses_say(r, s->options->interval ? " in this interval" : "");
	return err;
}

/* Writes the report of the whole time after those of its intervals. */
static int use_total(struct session *s, const struct report *r)
{
	int err = outputs_total(&s->outputs, r);

	note_worst(s, r);
	if (!outputs_tell_losses(&s->outputs))
		losses_say(r, " in all");
	return err;
}

/* Shows the time so far to a person who has asked. */
static int use_glance(struct session *s, const struct report *r)
{
	outputs_glance(&s->outputs, s->options, r);
	return 0;
}

/* Shows in a line that it goes on. */
static int use_progress(struct session *s, const struct report *r)
{
	progress_show(&s->progress, s->options, r, now_cpu_ns() - s->look_cpu);
	return 0;
}

/* Whether all that is told of a process that has ended is in one report: what follows are sums. */
static bool tells_once(const struct session *s)
{
	const struct output_choices *outputs = &s->options->outputs;
	size_t summing = 0;

	for (size_t i = 0; i < outputs->count; i++)
		summing += outputs->choice[i].sink->sums_up;
	return s->options->quiet && !s->options->fail_on && summing == outputs->count;
}

/* Reads the books and reports on the time since the last report; 0 or -errno. */
static int report_interval(struct session *s)
{
	const struct snapshot *from = s->last.at ? &s->last : &s->first;
	struct snapshot now = {0};
	int err;

	if (s->options->live)
		collector_tell_threads(s->collector, live_wants_threads(&s->live));
	collector_read(s->collector, &now);
	now.joins = s->membership.joins;
	wheres_renew(&s->wheres, &now.processes);
	err = report(s, from, &now, use_interval);
	snapshot_clear(&s->last);
	s->last = now;
	if (tells_once(s))
		collector_forget_ended(s->collector);
	return err;
}

/* Reads the books and has the time so far looked at; intervals and outputs go on as they were. */
static void look(struct session *s, report_user *use)
{
	struct snapshot now = {0};

	s->look_cpu = now_cpu_ns();
	collector_read(s->collector, &now);
	now.joins = s->membership.joins;
	wheres_renew(&s->wheres, &now.processes);
	(void)report(s, &s->first, &now, use);
	snapshot_clear(&now);
}

/* Has the metrics be as of now; of a struct session. */
static void refresh_metrics(void *session)
{
	(void)report_interval(session);
}

/* Takes in and lets go who has changed, as the selectors say; whether somebody has. */
static bool look_after_members(struct session *s)
{
	const struct adopt_stop stop = {session_is_signalled, s};

	return membership_step(&s->membership, s->collector, &stop);
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

/*
 * Does what ticks are for; 0 or -errno. They may come seldom where none of those is awaited whose
 * end no descriptor tells, and no ring of single events runs full.
 */
static int look_after_all(struct session *s)
{
	const struct options *o = s->options;
	bool seldom = !s->streaming && (o->wait || !(o->selection.includes || o->follow));
	bool changed;

	look_after_the_books(s);
	changed = look_after_members(s);
	streaming_step(s);
	return loop_pace(&s->loop, collector_calm(s->collector) && !changed && seldom);
}

/* Whether there is nothing more to measure: the command has ended, or all targets have. */
static bool is_over(const struct session *s)
{
	if (s->launch)
		return launch_ended(s->launch);
	return !s->options->wait && !collector_live(s->collector);
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
		if (due & LOOP_LOW)
			collector_reap(s->collector);
		if (due & LOOP_TICK && look_after_all(s))
			log_warn("cannot set a timer: who joins in may be seen late");
		if (s->options->serves && due & (LOOP_TICK | LOOP_REQUEST))
			exporter_step(&s->exporter);
		if (s->options->live && due & LOOP_REQUEST && !live_step(&s->live))
			break;
		if (due & LOOP_DEATH)
			look_after_ended_targets(s);
		if (due & LOOP_GLANCE && !s->options->live)
			look(s, use_glance);
		if (due & LOOP_TICK && progress_is_due(&s->progress))
			look(s, use_progress);
		/* The last interval ends with the duration, it is not followed by a shred. */
		if (((due & LOOP_INTERVAL &&
		      !loop_ends_within(&s->loop, s->options->interval / 10)) ||
		     (s->options->live && live_asks(&s->live))) &&
		    report_interval(s))
			break;
	}
	return EXIT_DONE;
}

/* Stops the kernel half and writes the last reports, to the outputs that still take something. */
static void finish(struct session *s)
{
	/* Who has come and gone since the last look is counted. */
	(void)look_after_members(s);
	collector_disarm(s->collector);
	collector_describe_missed(s->collector);
	if (s->launch)
		launched_tell_left(s->launch, s->collector);
	streaming_step(s);
	streaming_note(s);
	if (s->options->live)
		return;
	/* Each output remembers what became of it. */
	(void)report_interval(s);
	if (s->options->interval)
		(void)report(s, &s->first, &s->last, use_total);
	streaming_end(s);
}

/* The exit code for an error that has been spoken of already, or, by -EPIPE, is none. */
static enum exit_code exit_code_of(int err)
{
	return err && err != -EPIPE ? EXIT_FAILED : EXIT_DONE;
}

/* Says what is not seen or not known where no report will. */
static void say_notes(const struct session *s, const struct notes *notes)
{
	/* The list that lives has a page of them. */
	if (s->options->live)
		return;
	for (size_t i = 0; i < notes->count && !outputs_tell_losses(&s->outputs); i++)
		if (!notes->said[i])
			log_warn("%s", notes->line[i]);
}

/* Says the same of what was found out while we measured. */
static void say_late(struct session *s)
{
	struct notes notes = {0};

	membership_tell(&s->membership, &s->membership.joins, true, &notes);
	say_notes(s, &notes);
	notes_clear(&notes);
}

/* Measures and reports until the end has come; returns the exit code of the program. */
static enum exit_code measure(struct session *s)
{
	enum exit_code code = EXIT_DONE, written;
	int err;

	about_fill(&s->about, s->options, s->collector, &s->notes, s->host);
	err = outputs_begin(&s->outputs);
	if (!err && s->options->serves)
		err = exporter_begin(&s->exporter, &s->loop);
	if (!err && s->options->live)
		err = live_begin(&s->live, s->options, &s->loop);
	if (err && s->options->live)
		code = EXIT_FAILED;
	say_notes(s, &s->notes);
	progress_begin(&s->progress, s->options);
	if (!err)
		code = collect(s);
	log_status_end();
	live_end(&s->live);
	finish(s);
	say_late(s);
	/* Who serves metrics goes on without anybody; a run that has waited in vain has failed. */
	if (!code && s->options->wait && !s->options->serves && !s->options->live &&
	    !s->last.processes.count)
		code = session_tell_nobody(s);
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

	s.membership = (struct membership){
		.options = o, .targets = targets, .notes = &s.notes, .wheres = &s.wheres};
	s.wheres.label = o->label;
	s.wheres.again = o->live ? LIVE_WHERES_AGAIN : 0;
	if (gethostname(s.host, sizeof(s.host) - 1))
		s.host[0] = '\0';
	if (err) {
		log_error("cannot wait for timers: %s", strerror(-err));
		return EXIT_FAILED;
	}
	s.outputs.about = &s.about;
	code = outputs_open(&s.outputs, o, signals);
	if (!code && o->serves && exporter_open(&s.exporter, o, refresh_metrics, &s))
		code = EXIT_FAILED;
	code = code ? code : session_start(&s);
	if (code)
		outputs_abandon(&s.outputs);
	else
		code = measure(&s);
	snapshot_clear(&s.first);
	snapshot_clear(&s.last);
	notes_clear(&s.notes);
	about_clear(&s.about);
	membership_clear(&s.membership);
	wheres_clear(&s.wheres);
	whose_clear(&s.whose);
	exporter_close(&s.exporter);
	if (s.collector)
		collector_leave(s.collector);
	return code;
}
