/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule.c - the tables of rules as one, and whether a rule holds.
 *
 * What goes in: values of quantities. What comes out: yes or no. Pure: no kernel, no clock, no I/O.
 */
#include <string.h>

#include "judge/rule.h"

/* A further theme is a further row. */
static const struct rule *const tables[] = {
	rules_loop, rules_calls, rules_time, rules_exchanges, rules_measuring,
};

/* The rules one after the other, NULL behind the last. */
const struct rule *rule_at(size_t i)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (const struct rule *rule = tables[t]; rule->id; rule++)
			if (!i--)
				return rule;
	return NULL;
}

/* The rule of that id, or NULL. */
const struct rule *rule_find(const char *id)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(i)); i++)
		if (!strcmp(rule->id, id))
			return rule;
	return NULL;
}

/* Whether a condition holds: not if its quantity was not measured. */
static bool condition_holds(const struct condition *c, uint64_t value)
{
	if (value == NO_QUANTITY)
		return false;
	return c->bound == AT_LEAST ? value >= c->limit : value <= c->limit;
}

/* Whether all conditions of the rule hold. */
bool rule_holds(const struct rule *rule, const uint64_t value[QUANTITIES])
{
	for (const struct condition *c = rule->when; c->quantity != Q_NONE; c++)
		if (!condition_holds(c, value[c->quantity]))
			return false;
	return true;
}

const struct word severities[] = {
	{"note", SEVERITY_NOTE},
	{"warning", SEVERITY_WARNING},
	{"problem", SEVERITY_PROBLEM},
	{NULL, SEVERITY_NONE},
};

/* The word for a severity. */
const char *severity_name(enum severity severity)
{
	const struct word *w = severities;

	while (w->word && w->value != (int)severity)
		w++;
	return w->word ? w->word : "none";
}
