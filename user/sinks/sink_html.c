/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_html.c - one page for who would rather look: charts, tables and the text report in a file
 * that needs nothing else.
 *
 * What goes in: reports, and the page as it was built of page/ by scripts/build-page. What comes
 * out, when all is over: that page with what is known. Until then only what it is made of is kept,
 * in memory that does not grow with the length of the run.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text_memory.h"
#include "base/xalloc.h"
#include "sinks/page_data.h"
#include "sinks/sink.h"

/* The page; what is to be filled in stands there as @NAME@. */
static const char page[] = {
#include "page.inc"
};

/* What is kept of a run: members of the page's data, and texts; NULL: not known yet. */
struct kept {
	struct history history;
	char *run, *whole, *text;
	char *title;
	size_t size; /* of the one that was written last */
};

/* Keeps what is known of the run from its begin. */
static void html_open(struct sink_job *job)
{
	struct kept *kept = xcalloc(1, sizeof(*kept));
	FILE *out = memory_open(&kept->run, &kept->size);

	page_data_run(out, job->about);
	memory_close(out);
	job->state = kept;
}

/* Keeps of whom the report is: the names of the first families. */
static void keep_title(struct kept *kept, const struct report *r)
{
	FILE *out = memory_open(&kept->title, &kept->size);
	const char *before = "";
	size_t i;

	for (i = 0; i < r->families && i < 3; i++) {
		const struct report_family *f = &r->family[i];
		const struct report_task *face = f->sum ? f->sum : &r->process[f->first];

		fprintf(out, "%s%s", before, fmt_comm(face->comm, true).s);
		before = ", ";
	}
	if (i < r->families)
		fputs(" ...", out);
	memory_close(out);
}

/* Keeps the report of the whole time: its data, and as text. */
static void keep_whole(struct sink_job *job, const struct report *r)
{
	struct kept *kept = job->state;
	struct sink_job text = {.sink = &sink_text,
				.style = {.utf8 = true, .members = job->style.members}};
	FILE *out;

	free(kept->whole);
	free(kept->text);
	free(kept->title);
	keep_title(kept, r);
	history_whole(&kept->history, r);
	out = memory_open(&kept->whole, &kept->size);
	page_data_report(out, r, &kept->history);
	memory_close(out);
	text.out = memory_open(&kept->text, &kept->size);
	sink_text.total(&text, r);
	memory_close(text.out);
}

/* Adds an interval, or the whole time if there is only that. */
static void html_report(struct sink_job *job, const struct report *r)
{
	struct kept *kept = job->state;

	history_add(&kept->history, r);
	if (!job->style.interval)
		keep_whole(job, r);
}

static void html_total(struct sink_job *job, const struct report *r)
{
	keep_whole(job, r);
}

/* Writes of whom the page is, within a heading. */
static void put_title(FILE *out, const struct kept *kept)
{
	const char *title = kept->title ?: "";

	page_text(out, title, strlen(title));
}

/* Writes the text report. */
static void put_text(FILE *out, const struct kept *kept)
{
	static const char none[] = "It broke off before the report of the whole time.\n";
	const char *text = kept->text ?: none;

	page_text(out, text, strlen(text));
}

/* Writes the data. */
static void put_data(FILE *out, const struct kept *kept)
{
	fprintf(out, "{%s%s", kept->run, kept->whole ?: "");
	page_data_series(out, &kept->history);
	putc('}', out);
}

/* The places that are filled in. */
static const struct {
	const char *name;
	void (*put)(FILE *out, const struct kept *kept);
} places[] = {
	{"@TITLE@", put_title},
	{"@TEXT@", put_text},
	{"@DATA@", put_data},
};

/* Fills in the place that begins there, if one does; returns what is behind it, or NULL. */
static const char *fill_in(FILE *out, const char *at, const struct kept *kept)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t length = strlen(places[i].name);

		if (strncmp(at, places[i].name, length))
			continue;
		places[i].put(out, kept);
		return at + length;
	}
	return NULL;
}

/* Writes the page, and forgets all. */
static void html_close(struct sink_job *job)
{
	struct kept *kept = job->state;
	const char *from = page, *at;

	if (!kept)
		return;
	while ((at = strchr(from, '@'))) {
		const char *behind;

		fwrite(from, 1, (size_t)(at - from), job->out);
		behind = fill_in(job->out, at, kept);
		if (!behind)
			putc('@', job->out);
		from = behind ?: at + 1;
	}
	fputs(from, job->out);
	history_clear(&kept->history);
	free(kept->run);
	free(kept->whole);
	free(kept->text);
	free(kept->title);
	free(kept);
}

const struct sink sink_html = {
	.name = "html",
	.help = "one page with charts, for a browser",
	.replaces = true,
	.tells_losses = true,
	.open = html_open,
	.report = html_report,
	.total = html_total,
	.close = html_close,
};
