/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * option_types.c - see option_types.h.
 *
 * What goes in: the argument of an option. What comes out: a field of struct options, or one line.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/endpoint.h"
#include "app/option_types.h"
#include "app/options.h"
#include "app/time_parse.h"
#include "base/fmt.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "sinks/sink.h"
#include "target/selector.h"

enum {
	LIST_MAX = 256,	 /* bytes of the words that a message names */
	SHOWN_MAX = 100, /* bytes of an argument that a message shows */
};

/* The usage line about an argument that cannot be read. */
static int bad_argument(const struct option_row *row, const char *text, const char *why)
{
	const char *more = strlen(text) > SHOWN_MAX ? "..." : "";

	log_error("--%s '%.*s%s': %s", row->name, SHOWN_MAX, text, more, why);
	return -1;
}

/* It is there. */
int read_flag(const struct option_row *row, const char *text, void *field)
{
	(void)row;
	(void)text;
	*(bool *)field = true;
	return 0;
}

/* A word. */
int read_text(const struct option_row *row, const char *text, void *field)
{
	if (!*text)
		return bad_argument(row, text, "it is empty");
	*(const char **)field = text;
	return 0;
}

/* An address, or a name that is looked up later, and a port. */
int read_endpoint(const struct option_row *row, const char *text, void *field)
{
	char host[ENDPOINT_HOST_LEN];
	const char *port;

	if (!endpoint_split(text, host, &port))
		return bad_argument(row, text, "not an address and a port, as 127.0.0.1:9435");
	*(const char **)field = text;
	return 0;
}

/* A length of time within the limits of the row. */
int read_time(const struct option_row *row, const char *text, void *field)
{
	uint64_t ns, below = row->time.below;
	char why[LIST_MAX];
	int err = time_parse(text, &ns);

	if (err == -EINVAL)
		return bad_argument(row, text,
				    "not a time; write it as 5, 1.5s, 500ms, 2m, 1h or 1d");
	if (!err && ns >= row->time.min && ns < below) {
		*(uint64_t *)field = ns;
		return 0;
	}
	snprintf(why, sizeof(why), "a time is at least %s and less than %s",
		 fmt_duration(row->time.min, ROOM_FULL).s,
		 below == TIME_LIMIT_NS ? "a year" : fmt_duration(below, ROOM_FULL).s);
	return bad_argument(row, text, why);
}

/* A whole number within the limits of the row. */
int read_count(const struct option_row *row, const char *text, void *field)
{
	unsigned long long n;
	char why[LIST_MAX];
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (isdigit((unsigned char)*text) && !*end && !errno && n >= row->count.min &&
	    n <= row->count.max) {
		*(uint64_t *)field = n;
		return 0;
	}
	snprintf(why, sizeof(why), "it is a number from %s to %s",
		 fmt_count(row->count.min, ROOM_FULL).s, fmt_count(row->count.max, ROOM_FULL).s);
	return bad_argument(row, text, why);
}

/* Adds one more word to a list of which `left` more follow: "a", "a or b", "a, b or c". */
static void list_add(char list[LIST_MAX], const char *word, size_t left)
{
	size_t used = strlen(list);

	snprintf(list + used, LIST_MAX - used, "%s%s", word,
		 left > 1    ? ", "
		 : left == 1 ? " or "
			     : "");
}

/* One of the words of the row. */
int read_choice(const struct option_row *row, const char *text, void *field)
{
	const struct word *choice = row->choices;
	char why[LIST_MAX] = "it is ";
	size_t count = 0;

	for (; choice->word; choice++, count++) {
		if (strcmp(choice->word, text))
			continue;
		*(int *)field = choice->value;
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		list_add(why, row->choices[i].word, count - i - 1);
	return bad_argument(row, text, why);
}

/* Words of the row, between them commas. */
int read_set(const struct option_row *row, const char *text, void *field)
{
	char why[LIST_MAX] = "of ";
	size_t count = 0, length;
	uint32_t set = 0;

	while (row->choices[count].word)
		count++;
	for (size_t i = 0; i < count; i++)
		list_add(why, row->choices[i].word, count - i - 1);
	for (const char *next = text;; next += length + 1) {
		size_t i = 0;

		length = strcspn(next, ",");
		while (i < count && (strlen(row->choices[i].word) != length ||
				     memcmp(row->choices[i].word, next, length)))
			i++;
		if (i == count)
			return bad_argument(row, text, why);
		set |= UINT32_C(1) << row->choices[i].value;
		if (!next[length])
			break;
	}
	*(uint32_t *)field = set;
	return 0;
}

/* Reads the pid at *text, and leaves *text behind it; 0, or -1 after one line about the list. */
static int read_pid(const struct option_row *row, const char *list, const char **text,
		    struct pid_list *pids)
{
	const char *start = *text;
	long long pid = 0;

	for (; isdigit((unsigned char)**text); ++*text) {
		pid = pid * 10 + (**text - '0');
		if (pid > INT_MAX)
			return bad_argument(row, list, "no pid is that large");
	}
	if (**text && !strchr(", \t\r\n", **text))
		return bad_argument(row, list, "not a list of pids; write it as 12 or 12,34");
	if (*text == start)
		return bad_argument(row, list, "a pid is missing");
	if (pid == 0)
		return bad_argument(row, list, "no process has pid 0");
	if (pid_list_has(pids, (pid_t)pid))
		log_warn("pid %lld is given twice; once is enough", pid);
	else
		pid_list_add(pids, (pid_t)pid);
	return 0;
}

/* Pids with a comma, blanks or newlines between them, as pidof and pgrep print them. */
int read_pids(const struct option_row *row, const char *text, void *field)
{
	static const char blanks[] = " \t\r\n";
	const char *next = text + strspn(text, blanks);
	bool more = true;

	while (more) {
		if (read_pid(row, text, &next, field))
			return -1;
		next += strspn(next, blanks);
		more = *next;
		/* Behind a comma there must be one more. */
		if (*next == ',')
			next += 1 + strspn(next + 1, blanks);
	}
	return 0;
}

/* A selector of the kind of the row. */
int read_selector(const struct option_row *row, const char *text, void *field)
{
	const char *why = selection_add(field, false, row->selector, text ? text : "");

	return why ? bad_argument(row, text, why) : 0;
}

/* A selector that excludes, as a word. */
int read_excluded(const struct option_row *row, const char *text, void *field)
{
	const char *why = selection_add_word(field, true, text);

	return why ? bad_argument(row, text, why) : 0;
}

/* Adds an output; 0, or -1 after one line. */
static int add_output(const struct option_row *row, const char *text, const struct sink *sink,
		      const char *file, struct output_choices *outputs)
{
	if (!*file)
		return bad_argument(row, text, "the name of a file is missing");
	for (size_t i = 0; i < outputs->count; i++)
		if (!strcmp(outputs->choice[i].file, file))
			return bad_argument(row, text,
					    strcmp(file, "-") ? "another output goes to that file"
							      : "another output goes to stdout");
	outputs->choice = xrealloc(outputs->choice, outputs->count + 1, sizeof(*outputs->choice));
	outputs->choice[outputs->count++] = (struct output_choice){sink, file};
	return 0;
}

/* The file of an output whose kind the option says. */
int read_file(const struct option_row *row, const char *text, void *field)
{
	return add_output(row, text, row->sink, text, field);
}

/* KIND:FILE. */
int read_output(const struct option_row *row, const char *text, void *field)
{
	const char *colon = strchr(text, ':');
	const struct sink *sink = colon ? sink_find(text, (size_t)(colon - text)) : NULL;
	char why[LIST_MAX] = "write it as KIND:FILE, where KIND is ";
	size_t count = 0;

	if (sink)
		return add_output(row, text, sink, colon + 1, field);
	while (sinks[count])
		count++;
	for (size_t i = 0; i < count; i++)
		list_add(why, sinks[i]->name, count - i - 1);
	return bad_argument(row, text, why);
}
