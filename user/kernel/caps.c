/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caps.c - what we may do and what this kernel can do.
 *
 * What goes in: what is wanted, and the table of cap_rows.c. What comes out: a struct caps, or one
 * line about the first thing that is missing and how to get it; or all that was found, to be shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "base/types.h"
#include "base/xalloc.h"
#include "kernel/cap_rows.h"
#include "kernel/caps.h"

/* Probes a row, and takes note of the feature that it is. */
static enum cap_state look(struct probing *p, const struct cap_row *row)
{
	enum cap_state state;

	p->why[0] = '\0';
	p->get = row->get;
	state = row->there(p, row);
	if (state == CAP_WORKS && row->feature != FEATURES)
		feature_add(&p->caps->features, row->feature);
	return state;
}

/* The exit code of who cannot go on without something. */
static enum exit_code code_of(enum cap_state state)
{
	return state == CAP_DENIED ? EXIT_DENIED : EXIT_UNABLE;
}

/* Goes on, or not, without what a row has looked for in vain; 0 or the exit code. */
static enum exit_code go_without(struct probing *p, const struct cap_row *row, enum cap_state state)
{
	const char *missing = p->why[0] ? p->why : row->missing;

	switch (row->without) {
	case WITHOUT_HOOKS:
		if (p->wanted->hooks != HOOKS_LIGHT) {
			p->light = false;
			notes_add(&p->caps->lacks, "%s: the hooks on system calls are used",
				  missing);
			break;
		}
		/* fall through */
	case WITHOUT_END:
		log_error("%s%s; %s", state == CAP_DENIED ? "not permitted: " : "", missing,
			  p->get);
		return code_of(state);
	case WITHOUT_RAW:
		p->raw = true;
		notes_warn(&p->caps->lacks, "%s: using --hooks raw", missing);
		break;
	case WITHOUT_WARN:
		notes_warn(&p->caps->lacks, "%s: %s", missing, row->costs);
		break;
	case WITHOUT_NOTE:
		notes_add(&p->caps->lacks, "%s: %s", missing, row->costs);
		break;
	}
	return EXIT_DONE;
}

/* The way in to the system calls is chosen, and nothing more is looked for. */
static void end_probing(struct probing *p)
{
	struct feature_set *features = &p->caps->features;

	feature_add(features, p->light ? FEATURE_LIGHT
			      : p->raw ? FEATURE_RAW_EVENTS
				       : FEATURE_CALL_EVENTS);
	/* There are no ends of calls to go by. */
	if (p->light)
		features->bits &= ~FEATURE_BIT(FEATURE_CONNECTIONS_BY_CALLS);
	else
		features->bits &= ~FEATURE_BIT(FEATURE_SAMPLES);
	if (p->light)
		notes_add(
			&p->caps->lacks,
			"without hooks on system calls (%s): calls that neither sleep nor move data "
			"of a socket are not seen, so the counts of all but reads and writes of "
			"sockets are empty",
			p->wanted->hooks == HOOKS_LIGHT ? "--hooks light"
							: "--hooks lightest, which is light here");
}

/* Probes everything; 0, or the exit code after one line. */
int caps_check(struct caps *caps, const struct caps_wanted *wanted)
{
	static const char *const words[CAP_STATES] = {"yes", "no", "no", "not known"};
	struct probing p = {.caps = caps,
			    .wanted = wanted,
			    .raw = wanted->hooks == HOOKS_RAW,
			    .light = wanted->hooks == HOOKS_LIGHT ||
				     wanted->hooks == HOOKS_LIGHTEST};
	enum exit_code code = EXIT_DONE;

	*caps = (struct caps){0};
	for (size_t i = 0; i < cap_row_count && !code; i++) {
		const struct cap_row *row = &cap_rows[i];
		enum cap_state state;

		/* Some are about a way in that is not to be used. */
		if (row->walk == WALK_CHECK || (row->light && !p.light) ||
		    ((p.raw || p.light) && row->without == WITHOUT_RAW))
			continue;
		state = look(&p, row);
		log_info("%s: %s", row->name, words[state]);
		if (state == CAP_LACKS || state == CAP_DENIED)
			code = go_without(&p, row, state);
	}
	end_probing(&p);
	return code;
}

void caps_clear(struct caps *caps)
{
	notes_clear(&caps->lacks);
}

/* Adds one more. */
struct cap_found *cap_survey_add(struct cap_survey *s)
{
	s->found = xrealloc(s->found, s->count + 1, sizeof(*s->found));
	s->found[s->count] = (struct cap_found){0};
	return &s->found[s->count++];
}

/* Adds what a row has found. */
static void add_found(struct cap_survey *s, const struct probing *p, const struct cap_row *row,
		      enum cap_state state)
{
	const char *unknown = "something else is missing that it takes to know";
	struct cap_found *f = cap_survey_add(s);

	f->name = row->name;
	f->purpose = row->purpose;
	f->state = state;
	f->needed = row->without == WITHOUT_END;
	f->costs = row->costs;
	f->get = p->get;
	snprintf(f->missing, sizeof(f->missing), "%s",
		 p->why[0]		? p->why
		 : state == CAP_UNKNOWN ? unknown
					: row->missing);
}

/* Probes all rows of a table. */
void caps_survey_rows(struct caps *caps, struct cap_survey *s, const struct cap_row *rows,
		      size_t count)
{
	static const struct caps_wanted wanted = {.hooks = HOOKS_SYSCALLS};
	struct probing p = {.caps = caps, .wanted = &wanted};

	*caps = (struct caps){0};
	for (size_t i = 0; i < count; i++) {
		enum cap_state state;

		if (rows[i].walk == WALK_TRACE)
			continue;
		state = look(&p, &rows[i]);
		p.raw |= rows[i].without == WITHOUT_RAW && state != CAP_WORKS;
		add_found(s, &p, &rows[i], state);
	}
	end_probing(&p);
}

/* Probes everything, whatever is missing. */
void caps_survey(struct caps *caps, struct cap_survey *s)
{
	caps_survey_rows(caps, s, cap_rows, cap_row_count);
}

/* The exit code for what is needed and is not there. */
enum exit_code cap_survey_code(const struct cap_survey *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct cap_found *f = &s->found[i];

		if (f->needed && (f->state == CAP_LACKS || f->state == CAP_DENIED))
			return code_of(f->state);
	}
	return EXIT_DONE;
}

void cap_survey_clear(struct cap_survey *s)
{
	free(s->found);
	*s = (struct cap_survey){0};
}

/* What of this build decides which kernels can be traced. */
const char *caps_build(void)
{
	static char text[64];

#ifdef LIBBPF_MAJOR_VERSION /* before 0.6 it does not tell */
	snprintf(text, sizeof(text), "libbpf %u.%u", libbpf_major_version(),
		 libbpf_minor_version());
#else
	snprintf(text, sizeof(text), "an old libbpf");
#endif
	return text;
}
