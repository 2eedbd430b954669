/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_unseen.h - what a report for people begins and ends with: its time; what is summed, was lost
 * or is not seen.
 */
#ifndef IOPHASE_TEXT_UNSEEN_H
#define IOPHASE_TEXT_UNSEEN_H

#include "sinks/sink.h"

/* Writes the line of the time that a report of an interval begins with. */
void text_interval(FILE *out, const struct report *r);

/* Writes how many of those that ended have no line of their own, here and in the CSV. */
void text_summed(FILE *out, const struct report *r, const struct style *style);

/* Writes how many connections were let go, if any were. */
void text_let_go(FILE *out, const struct report *r, const struct style *style);

/* Writes what was lost, what was in flight at the ends if that is wanted, and the notes. */
void text_unseen(FILE *out, const struct report *r, const struct style *style, bool flights);

#endif
