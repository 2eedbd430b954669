/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * about.h - what a recording says of the run that it is of.
 */
#ifndef IOPHASE_APP_ABOUT_H
#define IOPHASE_APP_ABOUT_H

#include "app/options.h"
#include "base/notes.h"
#include "json/tables.h"

struct collector;

/* Fills it in, at the beginning of the measuring. */
void about_fill(struct about *a, const struct options *o, const struct collector *c,
		const struct notes *lacks, const char *host);

#endif
