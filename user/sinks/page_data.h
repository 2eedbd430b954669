/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * page_data.h - what the page that is looked at is made of, as JSON within HTML.
 */
#ifndef IOPHASE_PAGE_DATA_H
#define IOPHASE_PAGE_DATA_H

#include <json-c/json.h>
#include <stdio.h>

#include "judge/history.h"

struct about;

/* Each writes members of one object: the run (NULL: nothing is known of it), */
void page_data_run(FILE *out, const struct about *about);

/* the report of the whole time; of which processes all is said, `history` knows, */
void page_data_report(FILE *out, const struct report *r, const struct history *history);

/* and what came of it over time. */
void page_data_series(FILE *out, const struct history *history);

/* Writes a value of JSON in such a way that it cannot end the element that it is in; frees it. */
void page_json(FILE *out, struct json_object *value);

/* Writes text as HTML has it. */
void page_text(FILE *out, const char *text, size_t size);

#endif
