/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pages.c - see pages.h.
 *
 * What goes in: a view and a report. What comes out: a text, made by what makes the report, of
 * which as much is drawn as fits. Pure: no terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "sinks/share_bar.h"
#include "sinks/text_connections.h"
#include "sinks/text_task.h"
#include "sinks/text_unseen.h"
#include "top/keys.h"
#include "top/pages.h"

enum {
	TEXT_COLUMNS = 140, /* a text is not wider: lines that long are hard to read */
	CURVE = 60,	    /* the latest reports in a curve */
	LEVELS = 8,
	KEYS_COLUMN = 18,
	ROOM_OF_MEANING = 16, /* columns at least */
};

/* What a page is written with. */
struct page {
	FILE *out;
	struct style style;
	unsigned int screen; /* columns */
	const struct top_view *v;
	const struct report *r; /* NULL: there is none yet */
};

/* The task that is open; NULL: it is not in the report. */
static const struct report_task *find_open(const struct page *p)
{
	const struct top_who *who = &p->v->open;

	for (size_t i = 0; who->family && i < p->r->families; i++)
		if (p->r->family[i].pid == who->pid && p->r->family[i].sum)
			return p->r->family[i].sum;
	for (size_t i = 0; i < p->r->processes; i++)
		if (p->r->process[i].pid == who->pid)
			return &p->r->process[i];
	return NULL;
}

/* A value of a moment. */
typedef uint64_t moment_value(const struct moment *m);

static uint64_t p99_of(const struct moment *m)
{
	return m->answered ? m->p99 : 0;
}

static uint64_t p50_of(const struct moment *m)
{
	return m->answered ? m->p50 : 0;
}

/* Requests in a thousand seconds. */
static uint64_t rate_of(const struct moment *m)
{
	return m->lived ? (uint64_t)((double)m->answered * 1e12 / (double)m->lived) : 0;
}

/* Writes a curve of the latest reports, as high as its highest. */
static uint64_t write_curve(const struct page *p, const struct past *past, moment_value *value)
{
	static const char *const blocks[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const letters[LEVELS] = {"_", ".", "-", "=", "+", "*", "#", "@"};
	unsigned int first = past->count > CURVE ? past->count - CURVE : 0;
	uint64_t most = 0;

	for (unsigned int i = first; i < past->count; i++)
		if (value(&past->moment[i]) > most)
			most = value(&past->moment[i]);
	for (unsigned int i = first; i < past->count; i++) {
		double share = most ? (double)value(&past->moment[i]) / (double)most : 0;
		unsigned int level = (unsigned int)(share * (LEVELS - 1) + 0.5);

		/* Where nothing was answered there is no response time. */
		fputs(!value(&past->moment[i]) ? " " : (p->style.utf8 ? blocks : letters)[level],
		      p->out);
	}
	return most;
}

/* Writes what it answered in the latest reports. */
static void write_past(const struct page *p, const struct report_task *t)
{
	static const struct {
		const char *name;
		moment_value *value;
	} curves[] = {{"p99", p99_of}, {"p50", p50_of}};
	const struct past *past = top_history_find(&p->v->history, t);
	const struct moment *now;
	uint64_t most;

	if (!past)
		return;
	now = &past->moment[past->count - 1];
	fprintf(p->out,
		"\033[1mResponse over time\033[0m   the latest %u reports, the newest on the right\n",
		past->count < CURVE ? past->count : CURVE);
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		fprintf(p->out, "  %-9s |", curves[i].name);
		most = write_curve(p, past, curves[i].value);
		fprintf(p->out, "| now %s, most %s\n",
			now->answered ? fmt_duration(curves[i].value(now), ROOM_FULL).s : "-",
			fmt_duration(most, ROOM_FULL).s);
	}
	fprintf(p->out, "  %-9s |", "requests");
	most = write_curve(p, past, rate_of);
	fprintf(p->out, "| now %s/s, most %s/s\n\n",
		fmt_rate(now->answered, now->lived, ROOM_FULL).s,
		fmt_rate(most, 1000 * NSEC_PER_SEC, ROOM_FULL).s);
}

/* Whether a connection is of who is open. */
static bool is_of(const struct report *r, const struct connection *c, const struct report_task *t)
{
	return t->processes ? r->process[c->process].family == t->family
			    : (pid_t)c->row.tgid == t->pid;
}

/* Writes the connections of a task (NULL: of all). */
static void write_connections(const struct page *p, const struct report_task *t)
{
	/* Of the report what they are written of. */
	struct report part = *p->r;
	struct connection_list *list = &part.connections;

	if (!p->r->connections_shown) {
		fputs("Connections are told one by one from the next report on, if the kernel "
		      "tells of them.\n",
		      p->out);
		return;
	}
	list->connection = xcalloc(p->r->connections.count + 1, sizeof(*list->connection));
	list->count = 0;
	for (size_t i = 0; i < p->r->connections.count; i++)
		if (!t || is_of(p->r, &p->r->connections.connection[i], t))
			list->connection[list->count++] = p->r->connections.connection[i];
	if (t)
		list->all = list->count;
	text_connections(p->out, &part, &p->style);
	free(list->connection);
}

/* Writes one process, or family. */
static void write_task(const struct page *p)
{
	const struct report_task *t = find_open(p);

	if (!t) {
		fprintf(p->out, "pid %d is not there any more.\n", p->v->open.pid);
		return;
	}
	write_past(p, t);
	text_write_process(p->out, p->r, t, &p->style);
	write_connections(p, t);
}

/* Writes connections one by one: of who is open, or of all. */
static void write_sockets(const struct page *p)
{
	bool one = p->v->depth && p->v->way[p->v->depth - 1] == PAGE_TASK;
	const struct report_task *t = one ? find_open(p) : NULL;

	if (one && !t)
		fprintf(p->out, "pid %d is not there any more.\n", p->v->open.pid);
	else
		write_connections(p, t);
}

/* Writes what was lost, and what is not seen. */
static void write_unseen(const struct page *p)
{
	text_let_go(p->out, p->r, &p->style);
	text_unseen(p->out, p->r, &p->style, false);
}

/* Writes what something means: in lines that are not longer than the screen, if that has room. */
static void write_meaning(const struct page *p, const char *what, const char *meaning)
{
	const unsigned int from = 2 + KEYS_COLUMN + 1;
	const unsigned int most =
		p->screen > from + ROOM_OF_MEANING ? p->screen - from : ROOM_OF_MEANING;

	fprintf(p->out, "  %s%*s ", what, KEYS_COLUMN - (int)fmt_width(what), "");
	while (strlen(meaning) > most) {
		unsigned int length = most;

		while (length && meaning[length] != ' ')
			length--;
		if (!length)
			break;
		fprintf(p->out, "%.*s\n%*s", (int)length, meaning, (int)from, "");
		meaning += length + 1;
	}
	fprintf(p->out, "%s\n", meaning);
}

/* Writes the help: keys, columns, signs. */
static void write_help(const struct page *p)
{
	static const char *const phases[PHASES] = {[PHASE_WAIT] = "asleep",
						   [PHASE_RUNQ] =
							   "in the run queue: it wants a CPU",
						   [PHASE_CPU] = "on a CPU",
						   [PHASE_COPY] = "data are copied to user memory"};

	fputs("\033[1mKeys\033[0m\n", p->out);
	for (const struct top_key_row *row = top_keys; row->shown; row++)
		write_meaning(p, row->shown, row->help);
	fputs("\n\033[1mTime\033[0m\n", p->out);
	for (unsigned int i = 0; i < PHASES; i++)
		write_meaning(p, share_sign((enum phase)i, p->style.utf8), phases[i]);
	fputs("\n\033[1mColumns\033[0m\n", p->out);
	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		write_meaning(p, top_columns[i].header, top_columns[i].help);
}

/* Writes the columns to choose from. */
static void write_columns(const struct page *p)
{
	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		fprintf(p->out, "%s [%c] %-10s %s\n", i == p->v->column ? ">" : " ",
			p->v->shown & UINT32_C(1) << i ? 'x' : ' ', top_columns[i].header,
			top_columns[i].help);
}

static const struct {
	const char *title;
	void (*write)(const struct page *p);
	bool wants_report;
} pages[PAGES] = {
	[PAGE_TASK] = {"Process", write_task, true},
	[PAGE_SOCKETS] = {"Connections", write_sockets, true},
	[PAGE_COLUMNS] = {"Columns: Space shows or hides, Enter sorts, Esc goes back",
			  write_columns, false},
	[PAGE_UNSEEN] = {"What was lost, or is not seen", write_unseen, true},
	[PAGE_HELP] = {"Help", write_help, false},
};

/* The paint that a number of a sequence of the text stands for. */
static enum paint_kind paint_of(long code)
{
	static const struct {
		long code;
		enum paint_kind paint;
	} paints[] = {{1, PAINTED_TITLE}, {31, PAINTED_RUNQ}, {32, PAINTED_PLAIN},
		      {33, PAINTED_CPU},  {34, PAINTED_WAIT}, {35, PAINTED_COPY}};

	for (size_t i = 0; i < ARRAY_SIZE(paints); i++)
		if (paints[i].code == code)
			return paints[i].paint;
	return PAINTED_PLAIN;
}

/* Draws a line of text, whose colours are sequences in it. */
static void draw_text(struct canvas *c, unsigned int line, char *text)
{
	enum paint_kind paint = PAINTED_PLAIN;
	char *escape;

	while ((escape = strstr(text, "\033["))) {
		char *end;
		long code = strtol(escape + 2, &end, 10);

		*escape = '\0';
		canvas_add(c, line, paint, text);
		paint = paint_of(code);
		text = *end ? end + 1 : end;
	}
	canvas_add(c, line, paint, text);
}

/* Draws as many lines of a text as fit, from where it is scrolled to. */
static void draw_lines(struct canvas *c, struct top_view *v, char *text, unsigned int from,
		       unsigned int to)
{
	size_t lines = 0, line = 0;

	for (const char *s = text; *s; s++)
		lines += *s == '\n';
	v->top = from;
	v->room = to > from ? to - from : 0;
	/* The columns are scrolled by what is chosen. */
	if (v->page == PAGE_COLUMNS)
		v->scroll = v->column >= v->room ? v->column - v->room + 1 : 0;
	if (v->scroll + v->room > lines)
		v->scroll = lines > v->room ? lines - v->room : 0;
	while (*text && line < v->scroll + v->room) {
		char *end = text + strcspn(text, "\n"), *next = *end ? end + 1 : end;

		*end = '\0';
		if (line >= v->scroll)
			draw_text(c, from + (unsigned int)(line - v->scroll), text);
		text = next;
		line++;
	}
	if (lines > v->scroll + v->room)
		canvas_print(c, from - 1, PAINTED_NOTE, "   %zu more lines below",
			     lines - v->scroll - v->room);
}

/* Draws the page of the view. */
void top_draw_page(struct canvas *c, struct top_view *v, const struct report *r, unsigned int from,
		   unsigned int to)
{
	unsigned int columns = c->columns < LINE_COLUMNS_MIN ? LINE_COLUMNS_MIN : c->columns;
	char *text = NULL;
	size_t size = 0;
	struct page page = {
		.out = open_memstream(&text, &size),
		.style = {.utf8 = c->utf8,
			  .colour = true,
			  .columns = columns,
			  .no_threads = !v->choice.threads},
		.screen = c->columns,
		.v = v,
		.r = r,
	};

	canvas_print(c, from, PAINTED_TITLE, "%s", pages[v->page].title);
	if (!page.out)
		return;
	if (v->page != PAGE_SOCKETS && columns > TEXT_COLUMNS)
		page.style.columns = TEXT_COLUMNS;
	if (r || !pages[v->page].wants_report)
		pages[v->page].write(&page);
	if (!fclose(page.out))
		draw_lines(c, v, text, from + 1, to);
	free(text);
}
