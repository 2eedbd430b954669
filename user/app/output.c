/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.c - see output.h.
 *
 * What goes in: reports. What comes out: text on stdout, CSV in a file or on stdout. A reader that
 * goes away (-EPIPE) is no error to speak of; anything else is named on stderr once.
 */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "app/output.h"

/*
 * Notes how a write to a place of output went, and says so if it is the first that went wrong,
 * unless the reader just went away. Returns err.
 */
static int note(struct output *out, const char *name, int err)
{
	if (err && !out->error && err != -EPIPE)
		log_error("%s: %s", name, strerror(-err));
	if (err && !out->error)
		out->error = err;
	return err;
}

/* Whether text may be coloured: a terminal that can, and nobody said NO_COLOR (no-color.org). */
static bool wants_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(f)) && !(no && *no) && term && strcmp(term, "dumb");
}

/* Opens the file of the CSV; 0 or -errno. */
static int open_csv(struct output *out, const struct options *o)
{
	out->csv_name = o->csv;
	if (!strcmp(o->csv, "-")) {
		out->csv_name = "stdout";
		out->csv = stdout;
		return 0;
	}
	out->csv = fopen(o->csv, "we");
	return out->csv ? 0 : -errno;
}

/* Opens what the options ask for. */
int output_open(struct output *out, const struct options *o)
{
	int err = o->csv ? note(out, o->csv, open_csv(out, o)) : 0;

	if (err)
		return err;
	if (!o->quiet && out->csv != stdout)
		out->text = stdout;
	out->style.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	out->style.colour = out->text && wants_colour(out->text);
	out->style.interval = o->interval != 0;
	if (out->csv)
		err = note(out, out->csv_name, sink_csv.begin(out->csv, &out->style));
	if (!err && out->text)
		err = note(out, "stdout", sink_text.begin(out->text, &out->style));
	return err;
}

/* Writes the report of one interval, or of the whole run if that is the only one. */
int output_interval(struct output *out, const struct report *r)
{
	int err = 0;

	if (out->csv)
		err = note(out, out->csv_name, sink_csv.report(out->csv, r, &out->style));
	if (!err && out->text)
		err = note(out, "stdout", sink_text.report(out->text, r, &out->style));
	return err;
}

/* Writes the report of the whole run after those of its intervals. */
int output_total(struct output *out, const struct report *r)
{
	out->style.interval = false;
	return out->text ? note(out, "stdout", sink_text.report(out->text, r, &out->style)) : 0;
}

/* Writes what comes last and closes. */
int output_close(struct output *out)
{
	/* After a failed write there is nothing more to say. */
	if (out->csv && !out->error)
		note(out, out->csv_name, sink_csv.end(out->csv, &out->style));
	if (out->text && !out->error)
		note(out, "stdout", sink_text.end(out->text, &out->style));
	if (out->csv)
		note(out, out->csv_name, fclose(out->csv) ? -errno : 0);
	out->csv = NULL;
	return out->error;
}
