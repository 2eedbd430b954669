/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * made_top.h - a window of processes that are made up, and a view of it without a terminal.
 */
#ifndef IOPHASE_MADE_TOP_H
#define IOPHASE_MADE_TOP_H

#include "unit.h"

#include "base/fmt.h"
#include "books/snapshot.h"
#include "common/hist.h"
#include "top/draw.h"
#include "top/keys.h"

#define SECONDS NSEC_PER_SEC

/* What is looked at, and what comes of it. */
struct made {
	struct window w;
	struct report *r;
	struct top_view v;
	struct canvas c;
};

/* Adds a process that lives, and has waited all the time. */
static inline struct task_sums *made_process(struct made *m, pid_t pid, const char *comm)
{
	struct task_sums *t = task_list_get(&m->w.processes, pid, 0);

	snprintf(t->comm, sizeof(t->comm), "%s", comm);
	t->threads = t->threads_ever = 1;
	t->wall = task_time(t, OP_APP)->ns[PHASE_WAIT] = 2 * SECONDS;
	t->lived = 2 * SECONDS;
	return t;
}

/* Answers requests in so long (ns) each. */
static inline void made_answers(struct task_sums *t, uint64_t count, uint64_t ns)
{
	struct call_sums *call = task_call(t, OP_RESPONSE);
	struct octave o = {0};

	o.step[hist_bucket(ns) % STEPS] = (uint32_t)count;
	hist_add_octave(&call->wait, hist_bucket(ns) / STEPS, &o);
	call->wait_max = ns > call->wait_max ? ns : call->wait_max;
	call->outcome[OUT_OK] += count;
}

/* Begins with nobody, on a screen of that size. */
static inline void made_begin(struct made *m, unsigned int lines, unsigned int columns, bool utf8)
{
	*m = (struct made){.w = {.from = 0, .to = 2 * SECONDS}};
	top_view_begin(&m->v, &top_columns[10], utf8);
	assert_string_equal(m->v.choice.sort->name, "requests");
	canvas_size(&m->c, lines, columns, utf8);
}

/* Makes the report of the window, and draws it. */
static inline void made_draw(struct made *m)
{
	const struct top_about about = {.own_ns = SECONDS / 100};

	if (!m->r) {
		m->r = report_build(&m->w, NULL, 0);
		report_sum_up(m->r, &m->w);
		m->r->has_exchanges = true;
		top_history_take(&m->v.history, m->r);
	}
	top_draw(&m->c, &m->v, m->r, &about);
}

/* Presses keys, one after the other, and draws. */
static inline void made_press(struct made *m, uint32_t key)
{
	top_press(&m->v, &(struct top_event){.key = key});
	made_draw(m);
}

/* Clicks at a place, and draws. */
static inline void made_click(struct made *m, unsigned int line, unsigned int column)
{
	top_press(&m->v, &(struct top_event){TOP_CLICK, line, column});
	made_draw(m);
}

/* The first line that has a text in it; NULL: none has. */
static inline const char *made_find(const struct made *m, const char *text)
{
	for (unsigned int i = 0; i < m->c.lines; i++)
		if (strstr(m->c.line[i].text, text))
			return m->c.line[i].text;
	return NULL;
}

static inline void made_end(struct made *m)
{
	report_free(m->r);
	window_clear(&m->w);
	top_view_end(&m->v);
	canvas_clear(&m->c);
}

#endif
