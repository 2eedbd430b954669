/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check.c - see check.h.
 *
 * What goes in: what the probes of the table of capabilities found, and whether the kernel takes
 * the kernel half. What comes out: all of that, on stdout.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "app/check.h"
#include "app/check_print.h"
#include "app/options.h"
#include "base/log.h"
#include "kernel/collector.h"

enum {
	THREADS_TRIED = 16,	 /* for which the kernel half is loaded, */
	CONNECTIONS_TRIED = 100, /* and for as many connections */
};

/* Writes whose kernel, build and rights these are. */
static void print_subject(void)
{
	struct utsname system;

	if (uname(&system))
		memset(&system, 0, sizeof(system));
	printf("iophase %s with %s, on %s %s %s, as uid %u\n\n", IOPHASE_VERSION, caps_build(),
	       system.sysname, system.release, system.machine, (unsigned int)geteuid());
}

/* Loads and attaches the kernel half, as for a trace of everything, and lets it go again. */
static enum exit_code try_kernel_half(const struct caps *caps, struct notes *notes)
{
	struct collector_setup setup = {
		.features = caps->features,
		.tracefs = caps->tracefs,
		.follow = true,
		.threads = true,
		.thread_count = THREADS_TRIED,
		.threads_max = THREADS_TRIED,
		.connections_max = CONNECTIONS_TRIED,
	};
	struct collector *collector = NULL;
	enum exit_code code;

	if (feature_has(setup.features, FEATURE_CONNECTIONS))
		feature_add(&setup.features, FEATURE_CONNECTION_ROWS);
	code = collector_open(&collector, &setup, notes);
	if (collector)
		collector_leave(collector);
	return code;
}

/* Adds whether the kernel takes our programs: what has been found before says that it should. */
static enum exit_code survey_kernel_half(const struct caps *caps, struct cap_survey *s,
					 struct notes *notes)
{
	enum exit_code code = cap_survey_code(s),
		       tried = code ? code : try_kernel_half(caps, notes);
	struct cap_found *f = cap_survey_add(s);
	const char *missing = code ? "not tried, since something is missing that is needed"
				   : "this kernel does not take them, see the line on stderr";

	f->name = "all of these together";
	f->purpose = "the kernel half, loaded and attached";
	f->needed = true;
	f->state = code			  ? CAP_UNKNOWN
		   : !tried		  ? CAP_WORKS
		   : tried == EXIT_DENIED ? CAP_DENIED
					  : CAP_LACKS;
	f->get = "see the line on stderr; iophase -v says more";
	snprintf(f->missing, sizeof(f->missing), "%s", missing);
	return tried;
}

/* Adds each program that could not be attached, and each call that is not seen. */
static void add_notes(struct cap_survey *s, const struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		struct cap_found *f = cap_survey_add(s);

		f->name = "part of the kernel half";
		f->purpose = "see below";
		f->state = CAP_LACKS;
		f->costs = "what the sentence says; the rest is measured";
		snprintf(f->missing, sizeof(f->missing), "%s", notes->line[i]);
	}
}

/* Looks for everything, tries it, and shows it. */
enum exit_code check_run(const struct options *o)
{
	struct cap_survey s = {0};
	struct notes notes = {0};
	struct caps caps;
	enum exit_code code;

	(void)o;
	caps_survey(&caps, &s);
	code = survey_kernel_half(&caps, &s, &notes);
	add_notes(&s, &notes);
	print_subject();
	check_print(stdout, &s);
	printf("\niophase %s here\n", code ? "cannot measure" : "can measure");
	cap_survey_clear(&s);
	notes_clear(&notes);
	caps_clear(&caps);
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	log_error("stdout: %s", strerror(errno));
	return EXIT_FAILED;
}
