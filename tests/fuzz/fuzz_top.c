/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_top.c - `iophase top` without a terminal: any keys, clicks, sizes and processes. What is
 * drawn fits, has nothing in it that a terminal obeys, and who is chosen is there to be chosen.
 *
 * The input is a list of steps, of 8 bytes each: what happens, and numbers.
 */
#include "base/fmt.h"
#include "books/snapshot.h"
#include "common/hist.h"
#include "fuzz.h"
#include "judge/report.h"
#include "top/draw.h"
#include "top/keys.h"

enum {
	PROCESSES = 12,
	STEPS_MOST = 64,
	LINES_MOST = 60,
	COLUMNS_MOST = 300,
};

/* One step of the input. */
struct happens {
	uint8_t what, which;
	uint16_t a, b;
	uint8_t byte[2];
};

/* What is looked at, and what comes of it. */
struct looked {
	struct window w;     /* who is added */
	struct window shown; /* what the report is made of */
	struct report *r;    /* NULL: there is none yet */
	struct top_view v;
	struct canvas c;
};

/* Adds a process to the next report, by the numbers of the step, or says more of one. */
static void add_process(struct looked *l, const struct happens *h)
{
	struct task_sums *t = task_list_get(&l->w.processes, 1 + h->which % PROCESSES, 0);
	struct octave answers = {.step = {h->a}};

	memcpy(t->comm + h->a % (COMM_LEN - 2), h->byte, sizeof(h->byte));
	memcpy(t->whose.user + h->b % (USER_LEN - 2), h->byte, sizeof(h->byte));
	t->threads = h->byte[0] % 4;
	t->exited = !t->threads;
	t->threads_ever = 4;
	t->lived = NSEC_PER_SEC;
	t->family = h->which & 64 ? 1 : 0;
	task_time(t, h->byte[1] % OPS_TIMED)->ns[h->b % PHASES] += h->b;
	t->wall += h->b;
	hist_add_octave(&task_call(t, OP_RESPONSE)->wait, h->b % 32, &answers);
	task_call(t, OP_RESPONSE)->outcome[OUT_OK] += h->a;
	if (h->which & 128)
		task_list_get(&l->w.threads, 1 + h->which % PROCESSES, 1 + h->b % 8)->wall = h->b;
}

/* A report ends: of who was added since the last one, as the loop makes it. */
static void end_report(struct looked *l)
{
	report_free(l->r);
	window_clear(&l->shown);
	l->shown = l->w;
	l->w = (struct window){.from = l->shown.to, .to = l->shown.to + NSEC_PER_SEC};
	l->r = report_build(&l->shown, NULL, 0);
	report_sum_up(l->r, &l->shown);
	top_history_take(&l->v.history, l->r);
}

/* A key of the table, so that most do something; or any. */
static uint32_t key_of(const struct happens *h)
{
	size_t rows = 0;

	while (top_keys[rows].shown)
		rows++;
	if (h->what & 1)
		return h->a | (uint32_t)(h->b & 0x3f) << 16;
	return top_keys[h->which % rows].key[h->a % KEYS_OF_ROW];
}

/* What a step does. */
static void take(struct looked *l, const struct happens *h)
{
	struct top_event event = {.key = key_of(h), .line = h->a % 70, .column = h->b % 320};
	char sequence[5] = "";

	switch (h->what / 2 % 6) {
	case 0:
	case 1:
		top_press(&l->v, &event);
		break;
	case 2:
		event.key = TOP_CLICK;
		top_press(&l->v, &event);
		break;
	case 3:
		canvas_size(&l->c, h->a % LINES_MOST, h->b % COLUMNS_MOST, l->v.choice.utf8);
		break;
	case 4:
		add_process(l, h);
		break;
	default:
		memcpy(sequence, &h->a, 4);
		event.key = top_key_of(sequence);
		top_press(&l->v, &event);
		end_report(l);
	}
}

/* Looks at what is drawn. */
static void check(const struct looked *l)
{
	ENSURE(l->v.page < PAGES && l->v.depth < PAGES && l->v.shown);
	ENSURE(l->v.choice.sort >= top_columns && l->v.choice.sort < top_columns + TOP_COLUMNS);
	ENSURE(strlen(l->v.choice.filter) < FILTER_LEN && fuzz_is_plain(l->v.choice.filter));
	ENSURE(l->v.page != PAGE_COLUMNS || l->v.column < TOP_COLUMNS);
	/* Who is chosen is to be seen. */
	ENSURE(l->v.page != PAGE_LIST || !l->r || !l->v.room || !l->v.at.pid ||
	       (l->v.selected >= l->v.first && l->v.selected < l->v.first + l->v.room));
	for (unsigned int i = 0; i < l->c.lines; i++) {
		const struct canvas_line *line = &l->c.line[i];
		size_t at = 0;

		ENSURE(strlen(line->text) == line->length && fuzz_is_plain(line->text));
		ENSURE(fmt_width(line->text) == line->column && line->column <= l->c.columns);
		for (const char *c = line->text; *c && !l->c.utf8; c++)
			ENSURE((uint8_t)*c < 0x80);
		/* The pieces are all of the text, in its order. */
		for (size_t j = 0; j < line->pieces; at += line->piece[j++].length)
			ENSURE(line->piece[j].at == at && line->piece[j].paint < PAINTED_KINDS);
		ENSURE(at == line->length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct top_about about = {.host = "host", .own_ns = 1000};
	struct looked l = {.w = {.to = NSEC_PER_SEC}};
	struct fuzz_bytes b = {data, size};
	struct happens h;

	fuzz_take(&b, &h, sizeof(h));
	top_view_begin(&l.v, &top_columns[h.which % TOP_COLUMNS], h.what & 1);
	canvas_size(&l.c, h.a % LINES_MOST, h.b % COLUMNS_MOST, h.what & 1);
	for (unsigned int i = 0; i < STEPS_MOST && b.left; i++) {
		fuzz_take(&b, &h, sizeof(h));
		take(&l, &h);
		top_draw(&l.c, &l.v, l.r, &about);
		check(&l);
	}
	report_free(l.r);
	window_clear(&l.shown);
	window_clear(&l.w);
	top_view_end(&l.v);
	canvas_clear(&l.c);
	return 0;
}
