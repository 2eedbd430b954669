/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * losses.h - what was lost, on stderr: for runs without a report that says it.
 */
#ifndef IOPHASE_LOSSES_H
#define IOPHASE_LOSSES_H

struct report;

/* A line for each kind of loss of the report: name, number, and what it means; and one of the
 * connections that were let go. */
void losses_say(const struct report *r, const char *when);

#endif
