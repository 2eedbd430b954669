/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view.h - what is looked at in `iophase top`: the page, what is chosen on it, and what keys make
 * of that.
 */
#ifndef IOPHASE_TOP_VIEW_H
#define IOPHASE_TOP_VIEW_H

#include "top/history.h"
#include "top/rows.h"

enum top_page {
	PAGE_LIST,
	PAGE_TASK,    /* one process, or family */
	PAGE_SOCKETS, /* connections one by one */
	PAGE_COLUMNS, /* to choose from */
	PAGE_UNSEEN,  /* what was lost, or is not seen */
	PAGE_HELP,
	PAGES,
};

/* Keys that are no characters; the others are their numbers in Unicode. */
enum top_key {
	TOP_UP = 0x200000,
	TOP_DOWN,
	TOP_LEFT,
	TOP_RIGHT,
	TOP_PAGE_UP,
	TOP_PAGE_DOWN,
	TOP_HOME,
	TOP_END,
	TOP_ENTER,
	TOP_BACK, /* Esc */
	TOP_ERASE,
	TOP_CLICK,
	TOP_WHEEL_UP,
	TOP_WHEEL_DOWN,
	TOP_FUNCTION, /* behind it the function keys by their numbers */
};

/* A key was pressed, or the mouse at a place. */
struct top_event {
	uint32_t key;
	unsigned int line, column; /* of a click */
};

/* Who a row is, from one report to the next. */
struct top_who {
	pid_t pid, tid; /* pid 0: nobody */
	bool family;
	char comm[COMM_LEN]; /* of those that ended */
};

struct top_view {
	struct top_choice choice;
	uint32_t shown; /* columns, bits by their places */
	enum top_page page;
	enum top_page way[PAGES]; /* how one came there: where Esc goes back to */
	size_t depth;
	bool paused, quit;
	bool asks;	     /* for a report at once, also if paused */
	bool typing;	     /* the filter */
	bool moved;	     /* `selected` says who is chosen, not the other way round */
	size_t selected;     /* the row, from 0 on */
	size_t first;	     /* row that is shown */
	size_t scroll;	     /* line of a text that is shown first */
	size_t column;	     /* chosen among all */
	struct top_who at;   /* who is in the chosen row; as of the latest drawing: */
	bool follows;	     /* it stays chosen, wherever it goes */
	struct top_who open; /* whose page that is */
	unsigned int width[TOP_COLUMNS];
	unsigned int top, room; /* the line of the first row, and how many there are for rows */
	struct top_history history;
};

/* The view at the begin. */
void top_view_begin(struct top_view *v, const struct top_column *sort, bool utf8);

/* Who a row is. */
struct top_who top_who_of(const struct top_row *row);

/* Goes to another page; to the same one: back. */
void top_view_go(struct top_view *v, enum top_page page);

/* Whether connections one by one are looked at. */
bool top_view_wants_connections(const struct top_view *v);

/* Frees what it holds. */
void top_view_end(struct top_view *v);

#endif
