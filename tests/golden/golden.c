/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * golden.c - a recorded snapshot through the program's own report and sink.
 *
 * What goes in: golden SINK FIXTURE [utf8] [colour] [interval]. What comes out: on stdout, what
 * the program would print: one report per snapshot with `interval`, else one over all of the time.
 */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "judge/report.h"
#include "sinks/sink.h"

/* Prints the report on one window. */
static int print_window(const struct fixture *f, const struct snapshot *from,
			const struct snapshot *to, const struct sink *sink,
			const struct style *style)
{
	const char *const *notes = (const char *const *)f->note;
	struct window w;
	struct report *r;
	int err;

	snapshot_diff(&w, from, f->start, to);
	r = report_build(&w, notes, f->notes);
	err = sink->report(stdout, r, style);
	report_free(r);
	window_clear(&w);
	return err;
}

/* Prints all reports of a fixture; 0 or -errno. */
static int print_fixture(const struct fixture *f, const struct sink *sink,
			 const struct style *style)
{
	int err = sink->begin(stdout, style);

	for (size_t i = 0; i < f->snapshots && style->interval && !err; i++)
		err = print_window(f, i ? &f->snapshot[i - 1] : NULL, &f->snapshot[i], sink, style);
	if (!style->interval && !err)
		err = print_window(f, NULL, &f->snapshot[f->snapshots - 1], sink, style);
	return err ? err : sink->end(stdout, style);
}

int main(int argc, char **argv)
{
	const struct sink *const *sink = sinks;
	struct style style = {0};
	struct fixture f;
	FILE *in;
	int err;

	while (*sink && argc >= 3 && strcmp((*sink)->name, argv[1]))
		sink++;
	in = argc >= 3 && *sink ? fopen(argv[2], "r") : NULL;
	if (!in) {
		fputs("usage: golden SINK FIXTURE [utf8] [colour] [interval]\n", stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		style.utf8 |= !strcmp(argv[i], "utf8");
		style.colour |= !strcmp(argv[i], "colour");
		style.interval |= !strcmp(argv[i], "interval");
	}
	fixture_read(&f, in, argv[2]);
	fclose(in);
	err = print_fixture(&f, *sink, &style);
	fixture_clear(&f);
	if (err)
		fprintf(stderr, "golden: %s\n", strerror(-err));
	return err ? 1 : 0;
}
