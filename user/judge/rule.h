/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule.h - the rules by which findings are made: when one holds, what it says, what it means.
 *
 * A rule is a row of a table by theme. It holds if all of its conditions do, and these are about
 * quantities only, so that when it speaks and what it says are kept apart.
 */
#ifndef IOPHASE_RULE_H
#define IOPHASE_RULE_H

#include "base/word.h"
#include "judge/quantities.h"

/* How bad it is, the worst last. */
enum severity {
	SEVERITY_NONE,
	SEVERITY_NOTE,	  /* a cost, or something to know; it may be meant so */
	SEVERITY_WARNING, /* it costs the clients or the machine something */
	SEVERITY_PROBLEM, /* it is wrong: clients are not served, or a CPU is burnt */
	SEVERITIES,
};

enum bound {
	AT_LEAST,
	AT_MOST,
};

struct condition {
	enum quantity quantity; /* Q_NONE ends a list */
	enum bound bound;
	uint64_t limit; /* in the quantity's unit */
};

enum {
	CONDITIONS_MAX = 8,
};

struct rule {
	const char *id; /* NULL ends a table */
	enum severity severity;
	const char *title;
	struct condition when[CONDITIONS_MAX + 1];
	const char *sentence; /* {NAME} stands for the quantity of that name, {upstream} for the
				 address of the one with the most time */
	const char *advice;   /* what to do */
	/* For who wants to know more: */
	const char *meaning;
	const char *certainty; /* how sure it can be, and what it may be mistaken for */
	const char *reading;
};

/* The rules one after the other, NULL behind the last: of two equally severe the first is worse. */
const struct rule *rule_at(size_t i);

/* The rule of that id, or NULL. */
const struct rule *rule_find(const char *id);

/* Whether all conditions of the rule hold for the values of all quantities. */
bool rule_holds(const struct rule *rule, const uint64_t value[QUANTITIES]);

/* The severities that a finding may have, the last one is NULL. */
extern const struct word severities[];

/* The word for a severity. */
const char *severity_name(enum severity severity);

/* The tables, by theme. */
extern const struct rule rules_loop[];	    /* waits for events that go wrong */
extern const struct rule rules_calls[];	    /* calls that are too many, too small, or fail */
extern const struct rule rules_time[];	    /* where the threads' time goes */
extern const struct rule rules_exchanges[]; /* what clients wait for */
extern const struct rule rules_measuring[]; /* what iophase itself has missed */

#endif
