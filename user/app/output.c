/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.c - see output.h.
 *
 * What goes in: reports. What comes out: what the sinks make of them, in its places. A reader that
 * goes away (-EPIPE) is no error to speak of; anything else is named on stderr once.
 */
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/deliver.h"
#include "app/command.h"
#include "app/output.h"
#include "base/log.h"
#include "base/text_memory.h"
#include "base/xalloc.h"

enum {
	MEGABYTE = 1000000, /* bytes */
};

/* Notes how a step of an output went, and says so if it went wrong. Returns err. */
static int note(struct output *out, int err)
{
	if (!err || out->error)
		return err;
	out->error = err;
	if (err == -ECANCELED)
		log_error("%s: given up: it took nothing more when a signal came", out->place.name);
	else if (err != -EPIPE)
		log_error("%s: %s", out->place.name, strerror(-err));
	return err;
}

/* Whether text may be coloured: a terminal that can, and nobody said NO_COLOR (no-color.org). */
static bool wants_colour(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb");
}

/* The columns that COLUMNS names, 0 if it does not. */
static unsigned int columns_named(void)
{
	const char *named = getenv("COLUMNS");
	char *end;
	unsigned long columns = named ? strtoul(named, &end, 10) : 0;

	if (!named || !isdigit((unsigned char)*named) || *end)
		return 0;
	return columns < UINT_MAX ? (unsigned int)columns : UINT_MAX;
}

/*
 * The columns that a line of a sink written there may have: the terminal's, within reason. Tables
 * that may be wide go by COLUMNS first, as those of ps(1) do.
 */
static unsigned int columns_of(int fd, const struct sink *sink)
{
	unsigned int most = sink->columns_max ? sink->columns_max : LINE_COLUMNS;
	unsigned int columns = sink->columns_max ? columns_named() : 0;
	struct winsize size = {0};

	if (!columns && isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size))
		columns = size.ws_col;
	if (!columns)
		return LINE_COLUMNS;
	if (columns < LINE_COLUMNS_MIN)
		return LINE_COLUMNS_MIN;
	return columns < most ? columns : most;
}

/* How a sink of a run is to write to a descriptor. */
static struct style style_of(int fd, const struct sink *sink, const struct options *o)
{
	return (struct style){
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.colour = wants_colour(fd),
		.interval = o->interval != 0,
		.members = o->members,
		.columns = columns_of(fd, sink),
		.lines_by = o->lines_by,
		.trace_max = o->trace_size * MEGABYTE,
		.series_max = o->series_max,
	};
}

/* Opens the place of one more output; 0, or the exit code after one line. */
static enum exit_code add(struct outputs *all, const struct options *o,
			  const struct output_choice *choice)
{
	struct output *out = &all->output[all->count];

	if (place_open(&out->place, choice->file, all->signals))
		return EXIT_FAILED;
	all->count++;
	for (size_t i = 0; i + 1 < all->count; i++) {
		if (!place_is_same(&all->output[i].place, &out->place))
			continue;
		log_error("%s and %s are the same file", all->output[i].place.name,
			  out->place.name);
		return EXIT_USAGE;
	}
	out->job.sink = choice->sink;
	out->place.replaced = choice->sink->replaces;
	out->job.about = all->about;
	out->job.style = style_of(out->place.fd, choice->sink, o);
	return EXIT_DONE;
}

/* Whether an output of the options goes to stdout. */
static bool has_stdout(const struct options *o)
{
	for (size_t i = 0; i < o->outputs.count; i++)
		if (!strcmp(o->outputs.choice[i].file, "-"))
			return true;
	return false;
}

/*
 * Whether there is to be a text report that was not asked for by name: where it would go is free.
 * A command's stderr is its own as soon as the report has another place.
 */
static bool wants_text(const struct options *o)
{
	if (o->quiet || has_stdout(o))
		return false;
	for (size_t i = 0; i < o->outputs.count && o->launch; i++)
		if (o->outputs.choice[i].sink == o->command->report)
			return false;
	return true;
}

/* Opens the places of all outputs that the options ask for. */
enum exit_code outputs_open(struct outputs *all, const struct options *o, struct signals *signals)
{
	/* What a command writes to stdout is not to be mixed with ours. */
	const struct output_choice text = {o->command->report, o->launch ? PLACE_STDERR : "-"};
	enum exit_code code = EXIT_DONE;

	*all = (struct outputs){.signals = signals, .about = all->about};
	all->output = xcalloc(o->outputs.count + 1, sizeof(*all->output));
	for (size_t i = 0; i < o->outputs.count && !code; i++)
		code = add(all, o, &o->outputs.choice[i]);
	if (!code && wants_text(o))
		code = add(all, o, &text);
	return code;
}

/* What a sink may be asked to do with a report, NULL where there is none. */
typedef void sink_step(struct sink_job *job, const struct report *r);

/* Carries bytes to the place of an output; 0 or -errno. */
static int carry(struct outputs *all, struct output *out, const char *bytes, size_t size)
{
	if (!size)
		return 0;
	if (out->place.replaced && out->place.regular && out->place.file)
		return place_replace(&out->place, bytes, size);
	return deliver(out->place.fd, bytes, size, all->signals);
}

/* Single events; the memory to write into is there. */
static int run_stream(struct outputs *all, struct output *out, const struct stream_batch *batch)
{
	char *bytes = NULL;
	size_t size = 0;
	int err = 0;

	out->job.out = memory_open(&bytes, &size);
	out->job.sink->stream(&out->job, batch);
	memory_close(out->job.out);
	if (!out->error)
		err = carry(all, out, bytes, size);
	free(bytes);
	return note(out, err);
}

/* Has those that want single events write them. */
void outputs_stream(struct outputs *all, const struct stream_batch *batch)
{
	for (size_t i = 0; i < all->count; i++) {
		struct output *out = &all->output[i];

		if (out->job.sink->stream && out->opened && !out->error)
			run_stream(all, out, batch);
	}
}

/* Whether one of them still takes single events. */
bool outputs_take_stream(const struct outputs *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->output[i].job.sink->stream && !all->output[i].error &&
		    !all->output[i].job.full)
			return true;
	return false;
}

/* The one whose trace is full, as its place is called; NULL: none is. */
const char *outputs_full(const struct outputs *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->output[i].job.full)
			return all->output[i].place.name;
	return NULL;
}

/* How many events are missing in a trace, among those that it was given. */
uint64_t outputs_unseen(const struct outputs *all)
{
	uint64_t most = 0;

	for (size_t i = 0; i < all->count; i++)
		if (all->output[i].job.unseen > most)
			most = all->output[i].job.unseen;
	return most;
}

/* Has a sink write into memory and carries that to its place; 0 or -errno. */
static int run(struct outputs *all, struct output *out, sink_step *step, const struct report *r)
{
	char *bytes = NULL;
	size_t size = 0;
	int err = 0;

	out->job.out = memory_open(&bytes, &size);
	step(&out->job, r);
	memory_close(out->job.out);
	if (!out->error)
		err = carry(all, out, bytes, size);
	free(bytes);
	return note(out, err);
}

static void open_sink(struct sink_job *job, const struct report *r)
{
	(void)r;
	if (job->sink->open)
		job->sink->open(job);
}

static void report_sink(struct sink_job *job, const struct report *r)
{
	if (job->sink->report)
		job->sink->report(job, r);
}

static void total_sink(struct sink_job *job, const struct report *r)
{
	if (job->sink->total)
		job->sink->total(job, r);
}

static void close_sink(struct sink_job *job, const struct report *r)
{
	(void)r;
	if (job->sink->close)
		job->sink->close(job);
}

/*
 * Has all outputs that still work write, files first: these never wait. 0, or, when none works any
 * more, a -errno: one that has failed takes nothing from the others.
 */
static int run_all(struct outputs *all, sink_step *step, const struct report *r)
{
	int err = 0;
	bool works = false;

	for (int regular = 1; regular >= 0; regular--) {
		for (size_t i = 0; i < all->count; i++) {
			struct output *out = &all->output[i];

			if (out->error || out->place.regular != (bool)regular)
				continue;
			if (run(all, out, step, r) && !err)
				err = out->error;
			works |= !out->error;
		}
	}
	return works ? 0 : err;
}

/* Whether one of them goes to the file of a descriptor. */
bool outputs_have(const struct outputs *all, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (all->output[i].place.regular && all->output[i].place.dev == stat.st_dev &&
		    all->output[i].place.ino == stat.st_ino)
			return true;
	return false;
}

/* Measuring never began. */
void outputs_abandon(struct outputs *all)
{
	for (size_t i = 0; i < all->count; i++)
		place_abandon(&all->output[i].place);
	free(all->output);
	*all = (struct outputs){0};
}

/* Measuring has begun. */
int outputs_begin(struct outputs *all)
{
	int err = 0, opened;

	for (size_t i = 0; i < all->count; i++) {
		struct output *out = &all->output[i];

		out->opened = !note(out, place_begin(&out->place));
		err = err ? err : out->error;
	}
	opened = run_all(all, open_sink, NULL);
	return err ? err : opened;
}

/* Writes the report of one interval, or of the whole run if that is the only one. */
int outputs_interval(struct outputs *all, const struct report *r)
{
	return run_all(all, report_sink, r);
}

/* Writes the report of the whole run after those of its intervals. */
int outputs_total(struct outputs *all, const struct report *r)
{
	return run_all(all, total_sink, r);
}

/* Shows the whole time so far; who cannot read stderr has asked in vain. */
void outputs_glance(const struct outputs *all, const struct options *o, const struct report *r)
{
	struct sink_job job = {
		.sink = &sink_text,
		.style = style_of(STDERR_FILENO, &sink_text, o),
		.about = all->about,
	};
	char *bytes = NULL;
	size_t size = 0;

	job.out = memory_open(&bytes, &size);
	sink_text.total(&job, r);
	memory_close(job.out);
	log_status_end();
	(void)deliver(STDERR_FILENO, bytes, size, all->signals);
	free(bytes);
}

/* Writes what comes last and closes. */
int outputs_close(struct outputs *all)
{
	int err = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct output *out = &all->output[i];

		/* A sink has a state to free even where nothing of it will be read. */
		if (out->opened)
			run(all, out, close_sink, NULL);
		note(out, place_close(&out->place));
		if (!err || err == -EPIPE)
			err = out->error ? out->error : err;
	}
	free(all->output);
	*all = (struct outputs){0};
	return err;
}

/* Whether one that still works tells a person what was lost. */
bool outputs_tell_losses(const struct outputs *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (!all->output[i].error && all->output[i].job.sink->tells_losses)
			return true;
	return false;
}

/* Whether one of them has its file replaced at each report. */
bool outputs_replace(const struct outputs *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->output[i].place.replaced && all->output[i].place.file)
			return true;
	return false;
}
