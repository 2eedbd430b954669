/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * findings.c - see findings.h.
 *
 * What goes in: the quantities of processes. What comes out: the rules that hold, each with its
 * sentence. Pure: no kernel, no clock, no I/O.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "judge/findings.h"
#include "judge/report_task.h"

/* What stands for {NAME} in a sentence: the value of the quantity of that name, or an address. */
static struct short_address value_text(const char *name, size_t length, const struct measures *m)
{
	enum quantity q = quantity_find(name, length);
	struct short_address t;

	if (q != Q_NONE)
		snprintf(t.s, sizeof(t.s), "%s", quantity_text(q, m->value[q]).s);
	else
		snprintf(t.s, sizeof(t.s), "%s", m->upstream.s);
	return t;
}

/* A rule's sentence, each {NAME} replaced by what it stands for. */
static char *sentence_of(const char *template, const struct measures *m)
{
	char *text = xstrdup("");

	while (*template) {
		size_t plain = strcspn(template, "{");
		const char *name = template + plain;
		size_t length = strcspn(name, "}");
		struct short_address value = {""};
		char *longer;

		if (*name)
			value = value_text(name + 1, length - 1, m);
		longer = xasprintf("%s%.*s%s", text, (int)plain, template, value.s);
		free(text);
		text = longer;
		template = *name ? name + length + 1 : name;
	}
	return text;
}

/* Adds what rule number `rank` says. */
static void add(struct finding_list *list, size_t rank, const struct report_task *task,
		const struct measures *m)
{
	const struct rule *rule = rule_at(rank);
	struct finding *f;

	list->finding = xrealloc(list->finding, list->count + 1, sizeof(*list->finding));
	f = &list->finding[list->count];
	*f = (struct finding){.rule = rule, .task = task, .rank = rank, .turn = list->count++};
	for (size_t i = 0; rule->when[i].quantity != Q_NONE; i++)
		f->value[i] = m->value[rule->when[i].quantity];
	f->sentence = sentence_of(rule->sentence, m);
}

/* Adds what the measures of a task say. */
void findings_add(struct finding_list *list, const struct report_task *task,
		  const struct measures *m)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(i)); i++)
		if (rule_holds(rule, m->value))
			add(list, i, task, m);
}

/* Whether a rule holds for a process of the family, whose findings were added last. */
static bool is_said(const struct finding_list *list, const struct rule *rule, pid_t family)
{
	for (size_t i = list->count; i-- > 0;) {
		const struct finding *f = &list->finding[i];

		if (!f->task || f->task->family != family)
			return false;
		if (f->rule == rule)
			return true;
	}
	return false;
}

/* Adds what the measures of a family say, but what was said of one of its processes already. */
void findings_add_family(struct finding_list *list, const struct report_task *family,
			 const struct measures *m)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = rule_at(i)); i++)
		if (rule_holds(rule, m->value) && !is_said(list, rule, family->family))
			add(list, i, family, m);
}

/* The order of findings: the worst first, then as they were added. */
static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->rule->severity != y->rule->severity)
		return x->rule->severity > y->rule->severity ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

/* Puts the worst first. */
void findings_sort(struct finding_list *list)
{
	if (list->count)
		qsort(list->finding, list->count, sizeof(*list->finding), compare_findings);
}

/* The severity of the worst. */
enum severity findings_worst(const struct finding_list *list)
{
	enum severity worst = SEVERITY_NONE;

	for (size_t i = 0; i < list->count; i++)
		if (list->finding[i].rule->severity > worst)
			worst = list->finding[i].rule->severity;
	return worst;
}

void findings_clear(struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->finding[i].sentence);
	free(list->finding);
	*list = (struct finding_list){0};
}
