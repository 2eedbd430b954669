/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recording.c - see recording.h.
 *
 * What goes in: lines of JSON. What comes out: windows, and the reports on them, as those were from
 * which the lines were written. What the lines say beside the sums is not looked at: it follows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "json/recording.h"

enum {
	DEPTH_MAX = 24, /* of what lies in one another */
};

/* Forgets the report before. */
static void report_forget(struct recording *r)
{
	window_clear(&r->window);
	task_heap_clear(&r->processes);
	task_heap_clear(&r->threads);
	connections_clear(&r->connections);
	texts_clear(&r->notes);
	r->facts = (struct report){0};
	r->begun = false;
}

void recording_clear(struct recording *r)
{
	report_forget(r);
	about_clear(&r->about);
	*r = (struct recording){0};
}

/* Of the line about the run, what is said there for people. */
static bool is_part_of_header(const char *name)
{
	static const char *const parts[] = {"type", "realtime_minus_monotonic_ns", "histograms"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(parts[i], name))
			return true;
	return false;
}

/* Takes the line about the run. */
static enum recording_step take_header(struct recording *r, struct json_object *line)
{
	uint64_t format = 0;

	if (r->has_header) {
		misread_say(&r->misread, "a second header: recordings cannot be joined");
		return RECORDING_WRONG;
	}
	/* Of another format the fields may be others. */
	if (json_read_uint(json_object_object_get(line, "format"), "format", UINT64_MAX, &format,
			   &r->misread) &&
	    format != FORMAT_NOW)
		misread_say(&r->misread, "format %llu: this iophase reads format %d",
			    (unsigned long long)format, FORMAT_NOW);
	if (*r->misread.why ||
	    !fields_read(&about_fields, line, &r->about, is_part_of_header, &r->misread))
		return RECORDING_WRONG;
	r->has_header = true;
	return RECORDING_HEADER;
}

/* Reads the notes of a report. */
static bool take_notes(struct recording *r, struct json_object *notes)
{
	static const struct field field = {.name = "notes", .type = FIELD_TEXTS};
	static const struct field_table table = {&field, 1};
	struct json_object *object = json_object_new_object();
	bool good;

	json_add(object, "notes", json_object_get(notes));
	good = fields_read(&table, object, &r->notes, NULL, &r->misread);
	json_object_put(object);
	return good;
}

/* Whether the numbers of a window can be those of one. */
static bool window_is_sound(const struct window *w)
{
	return w->utc.tv_nsec >= 0 && w->utc.tv_nsec < (long)NSEC_PER_SEC && w->utc.tv_sec >= 0;
}

/* What a complete report is; it is put in order. */
static enum recording_step complete(struct recording *r)
{
	if (!window_take_tasks(&r->window.processes, &r->processes, &r->misread) ||
	    !window_take_tasks(&r->window.threads, &r->threads, &r->misread))
		return RECORDING_WRONG;
	window_sort(&r->window);
	r->begun = false;
	return r->is_total ? RECORDING_TOTAL : RECORDING_INTERVAL;
}

/* Takes the line that a report begins with. */
static enum recording_step take_interval(struct recording *r, struct json_object *line,
					 bool is_total)
{
	struct misread *m = &r->misread;
	struct json_object *books, *report, *notes;

	if (r->begun) {
		misread_say(m, "the report before lacks a process");
		return RECORDING_WRONG;
	}
	report_forget(r);
	books = json_member(line, "books", json_type_object, m);
	report = json_member(line, "report", json_type_object, m);
	notes = json_member(line, "notes", json_type_array, m);
	if (!books || !report || !notes ||
	    !json_read_uint(json_object_object_get(line, "processes"), "processes", INT32_MAX,
			    &r->missing, m) ||
	    !fields_read(&window_fields, books, &r->window, NULL, m) ||
	    !fields_read(&report_fields, report, &r->facts, NULL, m) || !take_notes(r, notes))
		return RECORDING_WRONG;
	if (!window_is_sound(&r->window)) {
		misread_say(m, "its time is none");
		return RECORDING_WRONG;
	}
	r->begun = true;
	r->is_total = is_total;
	return r->missing ? RECORDING_MORE : complete(r);
}

/* Reads the connections of a process. */
static bool take_connections(struct recording *r, pid_t pid, struct json_object *line)
{
	struct json_object *list = json_object_object_get(line, "connections"), *books;

	if (!list)
		return true;
	list = json_member(line, "connections", json_type_array, &r->misread);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct conn_row row = {.tgid = (__u32)pid};

		if (!json_object_is_type(json_object_array_get_idx(list, i), json_type_object))
			return misread_say(&r->misread, "a connection is no object");
		books = json_member(json_object_array_get_idx(list, i), "books", json_type_object,
				    &r->misread);
		if (!books || !fields_read(&connection_fields, books, &row, NULL, &r->misread))
			return false;
		connections_add(&r->connections, &row);
	}
	return list;
}

/* Reads the threads of a process. */
static bool take_threads(struct recording *r, pid_t pid, struct json_object *line)
{
	struct json_object *list = json_object_object_get(line, "thread_list"), *thread, *books;

	if (!list)
		return true;
	list = json_member(line, "thread_list", json_type_array, &r->misread);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		uint64_t tid;

		thread = json_object_array_get_idx(list, i);
		if (!json_object_is_type(thread, json_type_object))
			return misread_say(&r->misread, "a thread is no object");
		books = json_member(thread, "books", json_type_object, &r->misread);
		if (!books ||
		    !json_read_uint(json_object_object_get(thread, "tid"), "tid", INT32_MAX, &tid,
				    &r->misread) ||
		    !window_read_task(&r->window, &r->threads, pid, (pid_t)tid, books, false,
				      &r->misread))
			return false;
	}
	return list;
}

/* Takes a line about a process. */
static enum recording_step take_process(struct recording *r, struct json_object *line,
					bool is_total)
{
	struct misread *m = &r->misread;
	struct json_object *books;
	uint64_t pid;

	if (!r->begun || is_total != r->is_total) {
		misread_say(m, "a process of no report");
		return RECORDING_WRONG;
	}
	books = json_member(line, "books", json_type_object, m);
	if (!books ||
	    !json_read_uint(json_object_object_get(line, "pid"), "pid", INT32_MAX, &pid, m) ||
	    !window_read_task(&r->window, &r->processes, (pid_t)pid, 0, books, true, m) ||
	    !take_connections(r, (pid_t)pid, line) || !take_threads(r, (pid_t)pid, line))
		return RECORDING_WRONG;
	return --r->missing ? RECORDING_MORE : complete(r);
}

/* How long a character is in ASCII: by itself, as \\uXXXX, or as two of these. */
static size_t ascii_length(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x10000 ? 6 : 12;
}

/* A line in ASCII. */
struct ascii {
	char *text; /* to be freed */
	size_t size;
	size_t wrong; /* the first byte of the line that is no UTF-8, from 1 on; 0: all of it is */
};

/*
 * Writes all characters of more than one byte as JSON may have them, too: json-c 0.18 takes none of
 * them for part of a string when it is to be strict.
 */
static struct ascii ascii_of(const char *line, size_t size)
{
	struct ascii a = {.text = xcalloc(3, size + 1)};
	size_t at = 0;

	while (at < size) {
		uint32_t c;
		size_t length = utf8_decode((const unsigned char *)line + at, size - at, &c);
		char *to = a.text + a.size;

		if (!length) {
			a.wrong = at + 1;
			break;
		}
		if (c < 0x80)
			*to = (char)c;
		else if (c < 0x10000)
			sprintf(to, "\\u%04x", c);
		else
			sprintf(to, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				0xdc00 + (c & 0x3ff));
		a.size += ascii_length(c);
		at += length;
	}
	return a;
}

/* The place in a line of what is at some place of the same in ASCII. */
static size_t place_of(const char *line, size_t size, size_t in_ascii)
{
	size_t at = 0, passed = 0;

	while (at < size) {
		uint32_t c;
		size_t length = utf8_decode((const unsigned char *)line + at, size - at, &c);

		if (!length || passed + ascii_length(c) > in_ascii)
			break;
		passed += ascii_length(c);
		at += length;
	}
	return at;
}

/* The object that a line is; NULL if it is none. */
static struct json_object *parse(const char *line, size_t size, struct misread *m)
{
	struct ascii a = ascii_of(line, size);
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *object;

	if (!tokener)
		xalloc_failed();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = a.wrong ? NULL : json_tokener_parse_ex(tokener, a.text, (int)a.size);
	/* Of null and numbers json-c waits for what might follow. */
	if (a.wrong)
		misread_say(m, "no JSON: no UTF-8 at byte %zu", a.wrong);
	else if (json_tokener_get_error(tokener) == json_tokener_continue)
		misread_say(m, size && *line == '{' ? "no JSON: it breaks off" : "no object");
	else if (json_tokener_get_error(tokener) != json_tokener_success)
		misread_say(m, "no JSON: %s at byte %zu",
			    json_tokener_error_desc(json_tokener_get_error(tokener)),
			    place_of(line, size, json_tokener_get_parse_end(tokener)) + 1);
	else if (json_tokener_get_parse_end(tokener) != a.size)
		misread_say(m, "something stands behind the object");
	else if (!json_object_is_type(object, json_type_object))
		misread_say(m, "no object");
	free(a.text);
	json_tokener_free(tokener);
	if (!*m->why)
		return object;
	json_object_put(object);
	return NULL;
}

/* The types of lines. */
static const struct line_type {
	const char *name;
	enum recording_step (*take)(struct recording *r, struct json_object *line, bool is_total);
	bool is_total;
} line_types[] = {
	{"interval", take_interval, false},
	{"process", take_process, false},
	{"total", take_interval, true},
	{"total_process", take_process, true},
};

/* Takes an object by its type. */
static enum recording_step take(struct recording *r, struct json_object *line)
{
	struct json_object *type = json_object_object_get(line, "type");
	const char *name =
		json_object_is_type(type, json_type_string) ? json_object_get_string(type) : "";

	if (!strcmp(name, "header"))
		return take_header(r, line);
	if (!r->has_header) {
		misread_say(&r->misread,
			    "no recording of iophase: it does not begin with a header");
		return RECORDING_WRONG;
	}
	for (size_t i = 0; i < ARRAY_SIZE(line_types); i++)
		if (!strcmp(line_types[i].name, name))
			return line_types[i].take(r, line, line_types[i].is_total);
	misread_say(&r->misread, "\"type\" is none that is known");
	return RECORDING_WRONG;
}

/* Takes one line. */
enum recording_step recording_take(struct recording *r, const char *line, size_t size)
{
	enum recording_step step = RECORDING_WRONG;
	struct json_object *object;

	if (size > RECORDING_LINE_MAX) {
		misread_say(&r->misread, "longer than %d MiB", RECORDING_LINE_MAX >> 20);
		return RECORDING_WRONG;
	}
	object = parse(line, size, &r->misread);
	if (object)
		step = take(r, object);
	json_object_put(object);
	return step;
}

/* Whether the end may come now. */
bool recording_ends(struct recording *r)
{
	if (!r->has_header)
		return misread_say(&r->misread, "no recording of iophase: it is empty");
	return !r->begun || misread_say(&r->misread,
					"it breaks off: %llu of its processes are "
					"missing in the last report",
					(unsigned long long)r->missing);
}

/* The report that is complete. */
struct report *recording_report(struct recording *r, const struct recording_style *style)
{
	struct connection_list list = r->connections;
	struct report *report;
	bool told;

	if (!style->threads)
		task_list_clear(&r->window.threads);
	report = report_build(&r->window, (const char *const *)r->notes.text, r->notes.count);
	if (r->about.selects)
		report_sum_up(report, &r->window);
	report->host = r->about.host;
	report->late = r->facts.late;
	report->own.cpu = r->facts.own.cpu;
	report->has_exchanges = r->facts.has_exchanges;
	report->by_calls = r->facts.by_calls;
	report->light = r->facts.light;
	report->connections_max = r->facts.connections_max;
	/* Where they were not told one by one, that is no matter of who reads. */
	told = r->facts.connections_shown || list.count;
	report->connections_shown = told ? style->connections : 0;
	r->connections = (struct connection_list){0};
	list.key = told ? style->sort_by : r->facts.connections.key;
	connections_sort(&list);
	report_take_connections(report, &list);
	report->connections.all = r->facts.connections.all;
	return report;
}

/* Reads all lines of a buffer, and makes each report. */
size_t recording_read(const char *buffer, size_t size, const struct recording_style *style,
		      recording_visit *visit, void *context, struct misread *why)
{
	struct recording r = {0};
	bool good = true;
	size_t number = 0;

	while (size && good) {
		const char *end = memchr(buffer, '\n', size);
		size_t length = end ? (size_t)(end - buffer) : size;
		enum recording_step step = recording_take(&r, buffer, length);

		number++;
		good = step != RECORDING_WRONG;
		if (step == RECORDING_INTERVAL || step == RECORDING_TOTAL) {
			struct report *report = recording_report(&r, style);

			good = visit(report, context);
			report_free(report);
		}
		length += end != NULL;
		buffer += length;
		size -= length;
	}
	if (good && recording_ends(&r))
		number = 0;
	*why = r.misread;
	recording_clear(&r);
	return number;
}
