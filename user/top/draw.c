/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * draw.c - see draw.h.
 *
 * What goes in: a view and a report. What comes out: a canvas: what all came to, the list or
 * another page, and the keys. Pure: no terminal.
 */
#include <stdio.h>
#include <string.h>

#include "base/word.h"
#include "sinks/share_bar.h"
#include "top/draw.h"
#include "top/keys.h"
#include "top/pages.h"

enum {
	HEADER_LINES = 3,
	BAR_CELLS = 10,	     /* of the bar of all, */
	BAR_CELLS_WIDE = 20, /* where there is room */
	WIDE = 100,	     /* columns */
};

/* Draws a bar, each phase in its paint. */
static void draw_bar(struct canvas *c, unsigned int line, const char *bar, bool plain)
{
	while (*bar) {
		for (unsigned int p = 0; p < PHASES; p++) {
			const char *sign = share_sign((enum phase)p, c->utf8);
			size_t length = strlen(sign);

			if (strncmp(bar, sign, length))
				continue;
			canvas_add(c, line,
				   plain ? PAINTED_SELECTED : (enum paint_kind)(PAINTED_WAIT + p),
				   sign);
			bar += length - 1;
			break;
		}
		bar++;
	}
}

/* What all processes came to: the total, or the only family; NULL: nobody has summed them up. */
static const struct report_task *all_of(const struct report *r)
{
	if (r->total.is_total)
		return &r->total;
	if (r->families != 1)
		return NULL;
	return r->family[0].sum ? r->family[0].sum : &r->process[r->family[0].first];
}

/* Draws who and when. */
static void draw_title(struct canvas *c, const struct top_view *v, const struct report *r,
		       const struct top_about *about, const struct top_rows *rows)
{
	char host[256] = "";

	if (about->host)
		fmt_escaped(host, about->host, strnlen(about->host, 60), c->utf8);
	canvas_print(c, 0, PAINTED_TITLE, "iophase top");
	canvas_print(c, 0, PAINTED_PLAIN, "  %s%s", host, *host ? "  " : "");
	if (!r) {
		canvas_print(c, 0, PAINTED_PLAIN, "measuring ...");
		return;
	}
	canvas_print(c, 0, PAINTED_PLAIN, "%zu %s  in %s", rows->all,
		     v->choice.families ? (rows->all == 1 ? "family" : "families")
		     : rows->all == 1	? "row"
					: "rows",
		     fmt_duration(r->period, ROOM_FULL).s);
	canvas_print(c, 0, PAINTED_PLAIN, "  own CPU %s",
		     fmt_percent(about->own_ns, r->period, ROOM_TIGHT).s);
	if (v->paused)
		canvas_print(c, 0, PAINTED_WARNING, "  PAUSED");
	if (*v->choice.filter)
		canvas_print(c, 0, PAINTED_TITLE, "  filter \"%s\": %zu", v->choice.filter,
			     rows->count);
}

/* Draws what clients waited for, and what was lost. */
static void draw_totals(struct canvas *c, const struct report *r)
{
	const struct report_task *t = all_of(r);
	const struct exchanges *e = t ? &t->exchanges : NULL;

	canvas_print(c, 1, PAINTED_PLAIN, "requests/s ");
	canvas_print(c, 1, PAINTED_TITLE, "%s",
		     e && e->answered ? fmt_rate(e->answered, r->period, ROOM_FULL).s : "-");
	if (e && e->answered)
		canvas_print(c, 1, PAINTED_PLAIN, "  p50 %s  p99 %s  max %s",
			     fmt_duration(e->response.p50, ROOM_FULL).s,
			     fmt_duration(e->response.p99, ROOM_FULL).s,
			     fmt_duration(e->response.max, ROOM_FULL).s);
	if (!r->has_exchanges)
		canvas_print(c, 1, PAINTED_NOTE, "  exchanges are not measured");
	if (!r->losses)
		canvas_print(c, 1, PAINTED_PLAIN, "  lost nothing");
	for (size_t i = 0; i < r->losses; i++)
		canvas_print(c, 1, PAINTED_PROBLEM, "%s%s %s", i ? ", " : "  LOST (u) ",
			     r->loss[i].name, fmt_count(r->loss[i].count, ROOM_TIGHT).s);
}

/* Draws where the time of all threads went. */
static void draw_time(struct canvas *c, const struct report *r)
{
	static const char *const names[PHASES] = {[PHASE_WAIT] = "asleep",
						  [PHASE_RUNQ] = "run queue",
						  [PHASE_CPU] = "on CPU",
						  [PHASE_COPY] = "copy"};
	const struct report_task *t = all_of(r);
	uint64_t part[PHASES] = {0}, sum = 0;

	for (unsigned int p = 0; t && p < PHASES; p++)
		sum += part[p] = line_time(t, (enum phase)p);
	canvas_add(c, 2, PAINTED_PLAIN, "time ");
	draw_bar(c, 2, share_bar(part, c->columns < WIDE ? BAR_CELLS : BAR_CELLS_WIDE, c->utf8).s,
		 false);
	for (unsigned int p = 0; p < PHASES && sum; p++) {
		canvas_add(c, 2, PAINTED_PLAIN, p ? ", " : " ");
		canvas_add(c, 2, (enum paint_kind)(PAINTED_WAIT + p),
			   share_sign((enum phase)p, c->utf8));
		canvas_print(c, 2, PAINTED_PLAIN, " %s %s", names[p],
			     fmt_percent(part[p], sum, ROOM_TIGHT).s);
	}
}

/* Draws the headers of the columns; that by which is sorted says in which direction. */
static void draw_headers(struct canvas *c, const struct top_view *v, unsigned int line)
{
	unsigned int column = 0;

	for (unsigned int i = 0; i < TOP_COLUMNS; i++) {
		const struct top_column *col = &top_columns[i];
		bool sorted = v->choice.sort == col;
		enum paint_kind paint = sorted ? PAINTED_SORTED : PAINTED_HEADER;
		char text[40];
		unsigned int width;

		if (!v->width[i])
			continue;
		/* The sign is there without colours, too, if it fits. */
		snprintf(text, sizeof(text), "%s%s", col->header,
			 !sorted			      ? ""
			 : col->ascends != v->choice.reversed ? "^"
							      : "v");
		if (strlen(text) > v->width[i])
			text[v->width[i]] = '\0';
		width = (unsigned int)strlen(text);
		if (!col->left)
			canvas_fill(c, line, paint, column + v->width[i] - width);
		canvas_add(c, line, paint, text);
		canvas_fill(c, line, paint, column + v->width[i]);
		column += v->width[i] + 1;
		canvas_fill(c, line, PAINTED_HEADER, column);
	}
	canvas_fill(c, line, PAINTED_HEADER, c->columns);
}

/* How what was found of a row is painted. */
static enum paint_kind paint_of(const struct top_row *row)
{
	switch (row->worst ? row->worst->rule->severity : SEVERITY_NONE) {
	case SEVERITY_PROBLEM:
		return PAINTED_PROBLEM;
	case SEVERITY_WARNING:
		return PAINTED_WARNING;
	case SEVERITY_NOTE:
		return PAINTED_NOTE;
	default:
		return PAINTED_PLAIN;
	}
}

/* Draws a row. */
static void draw_row(struct canvas *c, const struct top_view *v, const struct top_row *row,
		     unsigned int line, bool chosen)
{
	enum paint_kind plain = chosen ? PAINTED_SELECTED : PAINTED_PLAIN;
	unsigned int column = 0;

	for (unsigned int i = 0; i < TOP_COLUMNS; i++) {
		const struct top_column *col = &top_columns[i];
		struct cell cell;

		if (!v->width[i])
			continue;
		cell = top_cell(col, row, v->width[i]);
		if (!*cell.s)
			cell = cell_of("-");
		if (!col->left)
			canvas_fill(c, line, plain, column + v->width[i] - fmt_width(cell.s));
		if (col->is_bar)
			draw_bar(c, line, cell.s, chosen);
		else
			canvas_add(c, line,
				   !chosen && !strcmp(col->name, "findings") ? paint_of(row)
									     : plain,
				   cell.s);
		canvas_fill(c, line, plain, column + v->width[i]);
		column += v->width[i] + 1;
		canvas_fill(c, line, plain, column);
	}
	if (chosen)
		canvas_fill(c, line, plain, c->columns);
}

/* Whether a row is that. */
static bool is_who(const struct top_row *row, const struct top_who *who)
{
	struct top_who is = top_who_of(row);

	return is.pid == who->pid && is.tid == who->tid && is.family == who->family &&
	       !memcmp(is.comm, who->comm, COMM_LEN);
}

/* Finds who is chosen among the rows, and what part of them is to be seen. */
static void place(struct top_view *v, const struct top_rows *rows)
{
	for (size_t i = 0; i < rows->count && v->follows && !v->moved; i++)
		if (is_who(&rows->row[i], &v->at))
			v->selected = i;
	if (v->selected >= rows->count)
		v->selected = rows->count ? rows->count - 1 : 0;
	v->moved = false;
	v->at = rows->count ? top_who_of(&rows->row[v->selected]) : (struct top_who){0};
	if (v->first > v->selected)
		v->first = v->selected;
	if (v->room && v->selected >= v->first + v->room)
		v->first = v->selected - v->room + 1;
	if (v->first + v->room > rows->count)
		v->first = rows->count > v->room ? rows->count - v->room : 0;
}

/* Draws the list, up to a line. */
static void draw_list(struct canvas *c, struct top_view *v, const struct top_rows *rows,
		      unsigned int from, unsigned int to)
{
	top_columns_fit(v->shown, c->columns, v->width);
	draw_headers(c, v, from);
	v->top = from + 1;
	v->room = to > v->top ? to - v->top : 0;
	place(v, rows);
	for (unsigned int i = 0; i < v->room && v->first + i < rows->count; i++)
		draw_row(c, v, &rows->row[v->first + i], v->top + i, v->first + i == v->selected);
	if (!rows->count)
		canvas_add(c, v->top, PAINTED_PLAIN,
			   *v->choice.filter ? "No row has that in it; Esc takes the filter off."
					     : "No process was there to be seen.");
}

/* Draws what a key does, if all of that fits. */
static void draw_key(struct canvas *c, unsigned int line, const char *key, const char *brief)
{
	if (c->line[line].column + strlen(key) + 1 + strlen(brief) > c->columns)
		return;
	canvas_add(c, line, PAINTED_TITLE, key);
	canvas_print(c, line, PAINTED_PLAIN, " %s  ", brief);
}

/* Draws the last line: the filter that is typed, a message, or the keys. */
static void draw_keys(struct canvas *c, const struct top_view *v, const struct top_about *about)
{
	unsigned int line = c->lines - 1;

	if (v->typing) {
		canvas_print(c, line, PAINTED_TITLE, "Filter: %s_", v->choice.filter);
		canvas_print(c, line, PAINTED_PLAIN, "   Enter keeps it, Esc takes it off");
		return;
	}
	if (about->message) {
		canvas_print(c, line, PAINTED_WARNING, "%s", about->message);
		return;
	}
	if (v->page != PAGE_LIST)
		draw_key(c, line, "Esc", "back");
	for (const struct top_key_row *row = top_keys; row->shown; row++)
		if (row->brief && row->pages & 1U << v->page)
			draw_key(c, line, row->shown, row->brief);
}

/* Draws a view of a report. */
void top_draw(struct canvas *c, struct top_view *v, const struct report *r,
	      const struct top_about *about)
{
	struct top_rows rows = {0};
	unsigned int from = c->lines > 2 * HEADER_LINES ? HEADER_LINES : 1;
	unsigned int to = c->lines > from + 1 ? c->lines - 1 : c->lines;

	canvas_wipe(c);
	if (!c->lines)
		return;
	if (r)
		rows = top_rows_of(r, &v->choice);
	draw_title(c, v, r, about, &rows);
	if (r && from == HEADER_LINES) {
		draw_totals(c, r);
		draw_time(c, r);
	}
	if (v->page == PAGE_LIST && r)
		draw_list(c, v, &rows, from, to);
	else if (v->page != PAGE_LIST)
		top_draw_page(c, v, r, from, to);
	if (to < c->lines)
		draw_keys(c, v, about);
	top_rows_clear(&rows);
}
