/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * keys.c - see keys.h. A further key is a further row of the table.
 *
 * What goes in: a view, and a key. What comes out: the view as it is then. Pure.
 */
#include <string.h>

#include "base/utf8.h"
#include "top/keys.h"

enum {
	CONTROL_H = 8,
	DELETE = 127,
	WHEEL_ROWS = 3,
};

#define TEXTS	   (1U << PAGE_TASK | 1U << PAGE_SOCKETS | 1U << PAGE_UNSEEN | 1U << PAGE_HELP)
#define LIST	   (1U << PAGE_LIST)
#define CHOOSER	   (1U << PAGE_COLUMNS)
#define EVERYWHERE (TEXTS | LIST | CHOOSER)

static void quit(struct top_view *v, uint32_t key)
{
	(void)key;
	v->quit = true;
}

/* Opens who is chosen. */
static void open_chosen(struct top_view *v, uint32_t key)
{
	(void)key;
	if (!v->at.pid || v->at.comm[0])
		return;
	v->open = v->at;
	top_view_go(v, PAGE_TASK);
}

/* Goes back; from the list there is no way back, but a filter may be taken off. */
static void back(struct top_view *v, uint32_t key)
{
	(void)key;
	if (v->page == PAGE_LIST)
		v->choice.filter[0] = '\0';
	else
		top_view_go(v, v->page);
}

static void filter(struct top_view *v, uint32_t key)
{
	(void)key;
	v->typing = true;
}

/* Sorts by the next or the one before of the columns that are shown. */
static void sort_beside(struct top_view *v, uint32_t key)
{
	bool on = key == '>' || key == '.';
	size_t at = (size_t)(v->choice.sort - top_columns);

	do
		at = (at + (on ? 1 : TOP_COLUMNS - 1)) % TOP_COLUMNS;
	while (!(v->shown & UINT32_C(1) << at) && &top_columns[at] != v->choice.sort);
	v->choice.sort = &top_columns[at];
	v->choice.reversed = false;
}

/* Sorts by a column; once more, the other way round. */
static void sort_by(struct top_view *v, const struct top_column *column)
{
	v->choice.reversed = v->choice.sort == column && !v->choice.reversed;
	v->choice.sort = column;
}

/* Sorts by what the letter stands for. */
static void sort_letter(struct top_view *v, uint32_t key)
{
	static const struct {
		uint32_t key;
		const char *name;
	} letters[] = {
		{'P', "cpu"}, {'N', "pid"}, {'R', "requests"}, {'L', "p99"}, {'F', "findings"}};

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		for (size_t c = 0; c < TOP_COLUMNS && letters[i].key == key; c++)
			if (!strcmp(top_columns[c].name, letters[i].name))
				sort_by(v, &top_columns[c]);
}

static void reverse(struct top_view *v, uint32_t key)
{
	(void)key;
	v->choice.reversed = !v->choice.reversed;
}

/* Families or processes; who was chosen is another one then. */
static void families(struct top_view *v, uint32_t key)
{
	bool as_one = key == '-' || (key != '+' && !v->choice.families);

	if (v->choice.families == as_one)
		return;
	v->choice.families = as_one;
	v->moved = true;
	v->selected = 0;
}

static void threads(struct top_view *v, uint32_t key)
{
	(void)key;
	v->choice.threads = !v->choice.threads;
}

static void sockets(struct top_view *v, uint32_t key)
{
	(void)key;
	top_view_go(v, PAGE_SOCKETS);
}

static void pause(struct top_view *v, uint32_t key)
{
	(void)key;
	v->paused = !v->paused;
}

/* Has the interval end now. */
static void ask(struct top_view *v, uint32_t key)
{
	(void)key;
	v->asks = true;
}

static void choose_columns(struct top_view *v, uint32_t key)
{
	(void)key;
	top_view_go(v, PAGE_COLUMNS);
}

/* The same, from the one that is sorted by on. */
static void choose_sort(struct top_view *v, uint32_t key)
{
	v->column = (size_t)(v->choice.sort - top_columns);
	choose_columns(v, key);
}

static void unseen(struct top_view *v, uint32_t key)
{
	(void)key;
	top_view_go(v, PAGE_UNSEEN);
}

static void help(struct top_view *v, uint32_t key)
{
	(void)key;
	top_view_go(v, PAGE_HELP);
}

/* Shows a column, or hides it; without any there would be nothing to see. */
static void toggle_column(struct top_view *v, uint32_t key)
{
	(void)key;
	v->shown ^= UINT32_C(1) << v->column;
	if (!v->shown)
		v->shown = top_columns_usual();
}

static void sort_chosen_column(struct top_view *v, uint32_t key)
{
	(void)key;
	sort_by(v, &top_columns[v->column]);
	top_view_go(v, v->page);
}

/* How far a key moves; a page is so many rows. */
static long step_of(uint32_t key, long page)
{
	switch (key) {
	case TOP_UP:
	case 'k':
		return -1;
	case TOP_DOWN:
	case 'j':
		return 1;
	case TOP_PAGE_UP:
		return -page;
	case TOP_PAGE_DOWN:
		return page;
	case TOP_WHEEL_UP:
		return -WHEEL_ROWS;
	case TOP_WHEEL_DOWN:
		return WHEEL_ROWS;
	case TOP_HOME:
		return -INT32_MAX;
	default:
		return INT32_MAX;
	}
}

/* Moves what is chosen, or scrolls; where there is no more, the drawing stops it. */
static void move(struct top_view *v, uint32_t key)
{
	size_t *at = v->page == PAGE_LIST      ? &v->selected
		     : v->page == PAGE_COLUMNS ? &v->column
					       : &v->scroll;
	long to = (long)*at + step_of(key, v->room > 1 ? (long)v->room - 1 : 1);

	*at = to > 0 ? (size_t)to : 0;
	if (v->page == PAGE_COLUMNS && *at >= TOP_COLUMNS)
		*at = TOP_COLUMNS - 1;
	if (v->page == PAGE_LIST)
		v->moved = v->follows = true;
}

/* clang-format off */
const struct top_key_row top_keys[] = {
	{{'?', 'h', TOP_FUNCTION + 1}, "?", "help", "this text, and back; F1, too", EVERYWHERE, help},
	{{'q', TOP_FUNCTION + 10}, "q", "quit", "end; F10 and Ctrl-C, too", EVERYWHERE, quit},
	{{TOP_ENTER, TOP_RIGHT}, "Enter", "open",
	 "open a process or family: response time over time, calls, loop, connections", LIST,
	 open_chosen},
	{{TOP_BACK, TOP_LEFT}, "Esc", NULL, "back; in the list: no filter", EVERYWHERE, back},
	{{'/', '\\', TOP_FUNCTION + 3, TOP_FUNCTION + 4}, "/", "filter",
	 "show those with a text in name, pid, user, ports, model or container; F4, too", LIST, filter},
	{{'>', '.', '<', ','}, "< >", "sort", "sort by the column beside", LIST, sort_beside},
	{{'I', 'r'}, "I", NULL, "the other way round", LIST, reverse},
	{{'R', 'L'}, "R L", NULL, "sort by requests, by the p99 of responses", LIST, sort_letter},
	{{'P', 'N', 'F'}, "P N F", NULL, "sort by time on a CPU, by pid, by findings", LIST, sort_letter},
	{{'f', TOP_FUNCTION + 5}, "f", "families", "families as one row each, or processes; F5, too",
	 LIST, families},
	{{'+', '-'}, "+ -", NULL, "processes one by one, families as one row each", LIST, families},
	{{'t', 'H'}, "t", "threads", "threads too, below their process and on its page", LIST | TEXTS, threads},
	{{'s'}, "s", "sockets", "connections one by one: of all, or of the process that is open",
	 LIST | TEXTS, sockets},
	{{'p', 'Z'}, "p", "pause", "pause, and go on: what is shown stays, measuring goes on", EVERYWHERE, pause},
	{{'c', 'S', TOP_FUNCTION + 2}, "c", "columns",
	 "choose columns: Space shows or hides one, Enter sorts by it; F2, too", LIST | CHOOSER, choose_columns},
	{{TOP_FUNCTION + 6}, "F6", NULL, "choose the column to sort by", LIST | CHOOSER, choose_sort},
	{{'u'}, "u", NULL, "what was lost, or is not seen on this kernel", LIST | TEXTS, unseen},
	{{' '}, "Space", NULL, "a report at once, of the time since the last one", LIST | TEXTS, ask},
	{{' '}, "Space", NULL, "show or hide the column", CHOOSER, toggle_column},
	{{TOP_ENTER}, "Enter", NULL, "sort by the column, and back", CHOOSER, sort_chosen_column},
	{{TOP_UP, TOP_DOWN, 'j', 'k'}, "arrows", NULL, "up and down; j and k, too", EVERYWHERE, move},
	{{TOP_PAGE_UP, TOP_PAGE_DOWN, TOP_HOME, TOP_END}, "PgUp PgDn Home End", NULL,
	 "a page up and down, the begin, the end", EVERYWHERE, move},
	{{TOP_WHEEL_UP, TOP_WHEEL_DOWN}, "mouse", NULL,
	 "the wheel moves; a click on a header sorts, on a row chooses, once more opens",
	 EVERYWHERE, move},
	{{0}, NULL, NULL, NULL, 0, NULL},
};
/* clang-format on */

/* Adds a character to the filter, if it has room. */
static void type(struct top_view *v, uint32_t c)
{
	char *text = v->choice.filter, bytes[4];
	size_t used = strlen(text), length = 0;

	if (!utf8_printable(c) || (c >= 0x80 && !v->choice.utf8))
		return;
	if (c < 0x80) {
		bytes[length++] = (char)c;
	} else if (c < 0x800) {
		bytes[length++] = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			bytes[length++] = (char)(0xe0 | c >> 12);
		} else {
			bytes[length++] = (char)(0xf0 | c >> 18);
			bytes[length++] = (char)(0x80 | (c >> 12 & 0x3f));
		}
		bytes[length++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		bytes[length++] = (char)(0x80 | (c & 0x3f));
	if (used + length >= FILTER_LEN)
		return;
	memcpy(text + used, bytes, length);
	text[used + length] = '\0';
}

/* A key of somebody who types the filter. */
static void edit(struct top_view *v, uint32_t key)
{
	char *text = v->choice.filter;
	size_t length = strlen(text);

	switch (key) {
	case TOP_BACK:
		text[0] = '\0';
		v->typing = false;
		break;
	case TOP_ENTER:
		v->typing = false;
		break;
	case TOP_ERASE:
	case CONTROL_H:
	case DELETE:
		/* A character of UTF-8 goes as a whole. */
		while (length && ((unsigned char)text[--length] & 0xc0) == 0x80)
			;
		text[length] = '\0';
		break;
	default:
		if (key < TOP_UP)
			type(v, key);
	}
}

/* The mouse was clicked in the list. */
static void click(struct top_view *v, const struct top_event *event)
{
	unsigned int column = 0;
	size_t row = v->first + event->line - v->top;

	if (event->line + 1 == v->top) {
		for (unsigned int i = 0; i < TOP_COLUMNS; i++) {
			if (!v->width[i])
				continue;
			if (event->column >= column && event->column < column + v->width[i])
				sort_by(v, &top_columns[i]);
			column += v->width[i] + 1;
		}
	} else if (event->line >= v->top && event->line < v->top + v->room) {
		if (row == v->selected && v->follows) {
			open_chosen(v, 0);
			return;
		}
		v->selected = row;
		v->moved = v->follows = true;
	}
}

/* The key that a sequence behind Esc stands for. */
uint32_t top_key_of(const char *sequence)
{
	static const struct {
		const char *sequence;
		uint32_t key;
	} keys[] = {
		{"[A", TOP_UP},
		{"OA", TOP_UP},
		{"[B", TOP_DOWN},
		{"OB", TOP_DOWN},
		{"[C", TOP_RIGHT},
		{"OC", TOP_RIGHT},
		{"[D", TOP_LEFT},
		{"OD", TOP_LEFT},
		{"[5~", TOP_PAGE_UP},
		{"[6~", TOP_PAGE_DOWN},
		{"[H", TOP_HOME},
		{"OH", TOP_HOME},
		{"[1~", TOP_HOME},
		{"[7~", TOP_HOME},
		{"[F", TOP_END},
		{"OF", TOP_END},
		{"[4~", TOP_END},
		{"[8~", TOP_END},
		{"OM", TOP_ENTER},
		{"OP", TOP_FUNCTION + 1},
		{"[11~", TOP_FUNCTION + 1},
		{"OQ", TOP_FUNCTION + 2},
		{"[12~", TOP_FUNCTION + 2},
		{"OR", TOP_FUNCTION + 3},
		{"[13~", TOP_FUNCTION + 3},
		{"OS", TOP_FUNCTION + 4},
		{"[14~", TOP_FUNCTION + 4},
		{"[15~", TOP_FUNCTION + 5},
		{"[17~", TOP_FUNCTION + 6},
		{"[21~", TOP_FUNCTION + 10},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].sequence, sequence))
			return keys[i].key;
	return 0;
}

/* Does what a key, or the mouse, means. */
void top_press(struct top_view *v, const struct top_event *event)
{
	if (event->key == TOP_CLICK) {
		if (v->page == PAGE_LIST)
			click(v, event);
		return;
	}
	if (v->typing) {
		edit(v, event->key);
		return;
	}
	for (const struct top_key_row *row = top_keys; row->shown; row++)
		for (size_t i = 0; i < KEYS_OF_ROW && row->key[i]; i++)
			if (row->key[i] == event->key && row->pages & 1U << v->page) {
				row->act(v, event->key);
				return;
			}
}
