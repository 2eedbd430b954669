/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caps.h - what we may do and what this kernel can do, probed before anything is loaded.
 */
#ifndef IOPHASE_CAPS_H
#define IOPHASE_CAPS_H

#include "base/exit_code.h"
#include "kernel/cap.h"

/*
 * Probes everything. Returns 0, or the exit code after one line that says what is missing. To be
 * cleared either way.
 */
int caps_check(struct caps *caps, const struct caps_wanted *wanted);

void caps_clear(struct caps *caps);

/* One thing that was looked for, as a person is told. */
struct cap_found {
	const char *name, *purpose;
	enum cap_state state;
	bool needed;	   /* nothing can be measured without it */
	const char *costs; /* what is lost without it, NULL: everything */
	const char *get;   /* how to get it */
	char missing[640]; /* what is missing, or why it is not known */
};

struct cap_survey {
	struct cap_found *found;
	size_t count;
};

/* Adds one more; what it is, is filled in by the caller. */
struct cap_found *cap_survey_add(struct cap_survey *s);

/* Probes everything, whatever is missing, and says nothing; to be cleared, both. */
void caps_survey(struct caps *caps, struct cap_survey *s);

/* The same for a table of rows. */
void caps_survey_rows(struct caps *caps, struct cap_survey *s, const struct cap_row *rows,
		      size_t count);

/* The exit code for what is needed and is not there, the first of it; 0: nothing. */
enum exit_code cap_survey_code(const struct cap_survey *s);

void cap_survey_clear(struct cap_survey *s);

/* What of this build decides which kernels can be traced: libbpf, with its version. */
const char *caps_build(void);

#endif
