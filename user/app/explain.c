/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain.c - the command `explain`: what a finding means, and how it is decided.
 *
 * What goes in: the table of rules. What comes out: a page about one of them, or a list.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/explain.h"
#include "app/options.h"
#include "base/log.h"
#include "judge/rule.h"
#include "sinks/line.h"

enum {
	ID_COLUMNS = 21, /* of the list */
	SEVERITY_COLUMNS = 9,
	LIMIT_COLUMNS = 16,
};

/* Prints the rules, a line each, the worst first. */
static void print_list(void)
{
	for (int severity = SEVERITIES - 1; severity > SEVERITY_NONE; severity--) {
		const struct rule *rule;

		for (size_t i = 0; (rule = rule_at(i)); i++)
			if (rule->severity == (enum severity)severity)
				printf("%-*s %-*s %s\n", ID_COLUMNS, rule->id, SEVERITY_COLUMNS,
				       severity_name(rule->severity), rule->title);
	}
}

/* Prints a paragraph under its heading. */
static void print_paragraph(const char *heading, const char *text)
{
	struct line l = {.out = stdout, .columns = LINE_COLUMNS_MIN, .indent = 2};

	printf("\n%s\n  ", heading);
	l.column = 2;
	line_add_words(&l, "", text);
	line_end(&l);
}

/* Prints what must hold, each condition with its limit. */
static void print_conditions(const struct rule *rule)
{
	printf("\nHow it is decided: in the time of a report all of these hold\n");
	for (const struct condition *c = rule->when; c->quantity != Q_NONE; c++) {
		struct line l = {
			.out = stdout, .columns = LINE_COLUMNS_MIN, .indent = LIMIT_COLUMNS + 4};
		char limit[64];

		snprintf(limit, sizeof(limit), "%s %s",
			 c->bound == AT_LEAST ? "at least" : "at most",
			 quantity_text(c->quantity, c->limit).s);
		l.column = (unsigned int)printf("  %-*s  ", LIMIT_COLUMNS, limit);
		line_add_words(&l, "", quantities[c->quantity].words);
		line_end(&l);
	}
}

/* Prints the page about a rule. */
static void print_rule(const struct rule *rule)
{
	printf("%s (%s): %s\n", rule->id, severity_name(rule->severity), rule->title);
	print_paragraph("What it means", rule->meaning);
	print_conditions(rule);
	print_paragraph("What to do", rule->advice);
	print_paragraph("How sure it is", rule->certainty);
	print_paragraph("Reading", rule->reading);
}

/* Prints what a finding means, or which there are. */
enum exit_code explain_run(const struct options *o)
{
	const struct rule *rule = o->word ? rule_find(o->word) : NULL;

	if (o->word && !rule) {
		log_error("'%s' is no finding; iophase explain lists them", o->word);
		return EXIT_USAGE;
	}
	if (rule)
		print_rule(rule);
	else
		print_list();
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	log_error("stdout: %s", strerror(errno));
	return EXIT_FAILED;
}
