/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * golden.c - a recorded snapshot through the program's own report and sink.
 *
 * What goes in: golden SINK FIXTURE [utf8] [colour] [interval] [total] [members] [COLUMNS]
 * [replay]. What comes out: on stdout, what the program would print: one report per snapshot with
 * `interval`, and with `total` that of the whole time behind them, else one over all of the time.
 * With `replay` it is first recorded as JSON, and printed from that.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "judge/report.h"
#include "json/recording.h"
#include "sinks/sink.h"

/* What a sink is to do with the report on a window. */
typedef void sink_step(struct sink_job *job, const struct report *r);

/* Tells the processes of a window where and whose they are. */
static void tell_where(const struct window *w, const struct snapshot *from)
{
	for (size_t i = 0; i < w->processes.count; i++) {
		struct task_sums *process = w->processes.task[i];
		const struct task_sums *told = task_list_find(&from->processes, process->pid, 0);

		process->where = told->where;
		process->whose = told->whose;
	}
}

/* Has the sink print the report on one window. */
static void print_window(struct fixture *f, const struct snapshot *from, const struct snapshot *to,
			 sink_step *step, struct sink_job *job)
{
	const char *const *notes = (const char *const *)f->note;
	struct window w;
	struct report *r;

	snapshot_diff(&w, from, f->start, to);
	tell_where(&w, to);
	r = report_build(&w, notes, f->notes);
	r->late = f->late;
	r->own.cpu = 1234567890;
	r->connections_shown = f->connections.count;
	r->connections_max = f->connections_max;
	connections_sort(&f->connections);
	report_take_connections(r, &f->connections);
	step(job, r);
	report_free(r);
	window_clear(&w);
}

/* Prints all reports of a fixture; with a total, if there is to be one after intervals. */
static void print_fixture(struct fixture *f, struct sink_job *job, bool total)
{
	const struct sink *sink = job->sink;

	if (sink->open)
		sink->open(job);
	for (size_t i = 0; i < f->snapshots && job->style.interval; i++)
		print_window(f, i ? &f->snapshot[i - 1] : NULL, &f->snapshot[i], sink->report, job);
	if (!job->style.interval)
		print_window(f, NULL, &f->snapshot[f->snapshots - 1], sink->report, job);
	else if (total && sink->total)
		print_window(f, NULL, &f->snapshot[f->snapshots - 1], sink->total, job);
	if (sink->close)
		sink->close(job);
}

/* A recording that is printed: to where, and how many of its reports are not of the whole time. */
struct printing {
	struct sink_job *job;
	size_t intervals;
};

/* What prints the reports of a recording. */
static bool print_report(const struct report *r, void *context)
{
	struct printing *p = context;

	if (p->intervals)
		p->job->sink->report(p->job, r);
	else
		p->job->sink->total(p->job, r);
	p->intervals -= p->intervals > 0;
	return true;
}

/* Records a fixture, and prints it from what was recorded; false after a line if that is wrong. */
static bool print_replay(struct fixture *f, struct sink_job *job, bool total)
{
	struct printing printing = {job, job->style.interval ? f->snapshots : 1};
	const struct recording_style style = {.threads = true, .connections = f->connections.count};
	struct sink_job record = {.sink = &sink_json, .style = job->style};
	struct misread why;
	char *text = NULL;
	size_t size = 0, wrong;

	record.out = open_memstream(&text, &size);
	print_fixture(f, &record, total);
	fclose(record.out);
	if (job->sink->open)
		job->sink->open(job);
	wrong = recording_read(text, size, &style, print_report, &printing, &why);
	if (job->sink->close)
		job->sink->close(job);
	free(text);
	if (wrong)
		fprintf(stderr, "golden: line %zu: %s\n", wrong, why.why);
	return !wrong;
}

int main(int argc, char **argv)
{
	struct sink_job job = {.out = stdout};
	struct fixture f;
	bool replay = false, total = false, good = true;
	FILE *in;

	job.sink = argc >= 3 ? sink_find(argv[1], strlen(argv[1])) : NULL;
	in = job.sink ? fopen(argv[2], "r") : NULL;
	if (!in) {
		fputs("usage: golden SINK FIXTURE [utf8] [colour] [interval] [total] [members] "
		      "[COLUMNS] [replay]\n",
		      stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		job.style.utf8 |= !strcmp(argv[i], "utf8");
		job.style.colour |= !strcmp(argv[i], "colour");
		job.style.interval |= !strcmp(argv[i], "interval");
		job.style.members |= !strcmp(argv[i], "members");
		total |= !strcmp(argv[i], "total");
		replay |= !strcmp(argv[i], "replay");
		if (atoi(argv[i]) > 0)
			job.style.columns = (unsigned int)atoi(argv[i]);
	}
	fixture_read(&f, in, argv[2]);
	fclose(in);
	if (replay)
		good = print_replay(&f, &job, total);
	else
		print_fixture(&f, &job, total);
	fixture_clear(&f);
	if (fflush(stdout) || ferror(stdout)) {
		perror("golden");
		return 1;
	}
	return !good;
}
