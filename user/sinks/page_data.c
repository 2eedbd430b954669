/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * page_data.c - see page_data.h.
 *
 * What goes in: who was run, the report of the whole time, and a history. What comes out: what -o
 * json says of them, by the same tables, as much of it as a page has room for; what is left out is
 * counted. Nothing in it can end the element of the page that it stands in.
 */
#include <string.h>

#include "json/values.h"
#include "sinks/nested.h"
#include "sinks/objects.h"
#include "sinks/page_data.h"

enum {
	CONNECTIONS_MAX = 200, /* of what a page has room for */
	EXCHANGES_MAX = 24,    /* of a process: as server, and by upstream */
	BRIEF_MAX = 50,	       /* processes of which little is said */
	FINDINGS_MAX = 50,
};

/* Writes text as HTML has it. */
void page_text(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '<')
			fputs("&lt;", out);
		else if (text[i] == '>')
			fputs("&gt;", out);
		else if (text[i] == '&')
			fputs("&amp;", out);
		else
			putc(text[i], out);
	}
}

/* Writes a value and frees it. A "<" can only be in a text: there it may be said otherwise. */
void page_json(FILE *out, struct json_object *value)
{
	size_t length;
	const char *text = json_object_to_json_string_length(
		value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '<')
			fputs("\\u003c", out);
		else
			putc(text[i], out);
	}
	json_object_put(value);
}

/* Writes a member of the object of the page, the comma behind it included. */
static void put_member(FILE *out, const char *name, struct json_object *value)
{
	fprintf(out, "\"%s\":", name);
	page_json(out, value);
	fputs(",\n", out);
}

/* Writes the run. */
void page_data_run(FILE *out, const struct about *about)
{
	put_member(out, "run", object_of_run(about));
}

/* A record with all of its columns. */
static struct json_object *whole_record(const struct record_kind *kind, const struct record *r)
{
	struct json_object *o = json_object_new_object();

	nested_add(o, kind, r, COLUMNS_ALL);
	return o;
}

/* Adds the first records of a kind of a process, and how many more there are. */
static void add_first(struct json_object *to, const char *name, const struct record_kind *kind,
		      const struct report *r, const struct report_task *process, size_t most)
{
	struct json_object *all = nested_records(kind, r, process);
	size_t count = all ? json_object_array_length(all) : 0;

	if (!all)
		return;
	if (count > most) {
		json_object_array_del_idx(all, most, count - most);
		json_add(to, "left_out", json_object_new_uint64(count - most));
	}
	json_add(to, name, all);
}

/* Whether a process has a track of its own. */
static bool has_track(const struct history *h, const struct report_task *process)
{
	for (size_t i = 0; i < HISTORY_OTHERS && !process->summed; i++)
		if (h->track[i] && h->track[i]->used && h->track[i]->pid == process->pid)
			return true;
	return false;
}

/* Writes the processes: those with a track whole, of some further ones a line, the rest counted. */
static void put_processes(FILE *out, const struct report *r, const struct history *history)
{
	struct json_object *array = json_object_new_array();
	size_t brief = 0, left_out = 0;

	for (size_t i = 0; i < r->processes; i++) {
		const struct report_task *process = &r->process[i];
		const struct record record = {.report = r, .task = process};
		bool whole = has_track(history, process);
		struct json_object *o;

		if (!whole && brief == BRIEF_MAX) {
			left_out++;
			continue;
		}
		brief += !whole;
		o = whole_record(&record_process, &record);
		json_add(o, "whole", json_object_new_boolean(whole));
		json_add(o, "io_calls", json_object_new_uint64(process->io_calls));
		if (whole) {
			add_first(o, "calls", &record_call, r, process, process->calls);
			add_first(o, "exchanges", &record_exchange, r, process, EXCHANGES_MAX);
		}
		json_object_array_add(array, o);
	}
	put_member(out, "processes", array);
	put_member(out, "processes_left_out", json_object_new_uint64(left_out));
}

/* Writes the connections that are shown to people. */
static void put_connections(FILE *out, const struct report *r)
{
	struct json_object *array = json_object_new_array();
	size_t most =
		r->connections_shown < CONNECTIONS_MAX ? r->connections_shown : CONNECTIONS_MAX;

	for (size_t i = 0; i < r->connections.count && i < most; i++) {
		const struct connection *c = &r->connections.connection[i];
		const struct record record = {
			.report = r, .task = &r->process[c->process], .connection = c};

		json_object_array_add(array, whole_record(&record_connection, &record));
	}
	most = json_object_array_length(array);
	put_member(out, "connections", array);
	put_member(out, "connections_left_out",
		   json_object_new_uint64(r->connections.count - most));
}

/* What a rule means, and when it holds. */
static struct json_object *rule_object(const struct rule *rule)
{
	struct json_object *o = json_object_new_object(), *when = json_object_new_array();

	json_add(o, "title", json_object_new_string(rule->title));
	json_add(o, "severity", json_object_new_string(severity_name(rule->severity)));
	json_add(o, "meaning", json_object_new_string(rule->meaning));
	json_add(o, "certainty", json_object_new_string(rule->certainty));
	json_add(o, "reading", json_object_new_string(rule->reading));
	for (const struct condition *c = rule->when; c->quantity != Q_NONE; c++) {
		struct json_object *one = json_object_new_object();

		json_add(one, "bound",
			 json_object_new_string(c->bound == AT_LEAST ? "at least" : "at most"));
		json_add(one, "limit",
			 json_object_new_string(quantity_text(c->quantity, c->limit).s));
		json_add(one, "words", json_object_new_string(quantities[c->quantity].words));
		json_object_array_add(when, one);
	}
	json_add(o, "when", when);
	return o;
}

/* Writes the findings, the worst first, and what they mean. */
static void put_findings(FILE *out, const struct report *r)
{
	struct json_object *array = json_object_new_array(), *rules = json_object_new_object();
	size_t count = r->findings.count < FINDINGS_MAX ? r->findings.count : FINDINGS_MAX;

	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &r->findings.finding[i];
		const struct record record = {.report = r, .task = f->task, .finding = f};
		struct json_object *o = whole_record(&record_finding, &record);

		json_add(o, "advice", json_object_new_string(f->rule->advice));
		if (f->task && f->task->processes)
			json_add(o, "of", json_object_new_uint64(f->task->processes));
		json_object_array_add(array, o);
		if (!json_object_object_get_ex(rules, f->rule->id, NULL))
			json_object_object_add(rules, f->rule->id, rule_object(f->rule));
	}
	put_member(out, "findings", array);
	put_member(out, "findings_left_out", json_object_new_uint64(r->findings.count - count));
	put_member(out, "rules", rules);
}

/* Writes the report of the whole time. */
void page_data_report(FILE *out, const struct report *r, const struct history *history)
{
	struct json_object *o = object_of_report(r, "total");

	json_object_object_del(o, "findings");
	json_add(o, "has_exchanges", json_object_new_boolean(r->has_exchanges));
	json_add(o, "by_calls", json_object_new_boolean(r->by_calls));
	json_add(o, "light", json_object_new_boolean(r->light));
	put_member(out, "report", o);
	put_findings(out, r);
	put_processes(out, r, history);
	put_connections(out, r);
}
