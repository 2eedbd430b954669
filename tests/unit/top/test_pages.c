/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_pages.c - the pages of `iophase top` beside the list, its keys and columns.
 */
#include "top/made_top.h"

/* One process that has answered. */
static void begin(struct made *m)
{
	made_begin(m, 40, 100, false);
	made_answers(made_process(m, 12, "slow"), 10, 5000000);
	made_process(m, 13, "idle");
	made_draw(m);
}

static void enter_opens_a_process(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	made_press(&m, TOP_ENTER);
	assert_int_equal(m.v.page, PAGE_TASK);
	assert_true(top_view_wants_connections(&m.v));
	assert_non_null(made_find(&m, "\"slow\" (pid 12)"));
	assert_non_null(made_find(&m, "10 requests answered, 5.0/s"));
	assert_non_null(made_find(&m, "now 5.0/s, most 5.0/s"));
	/* An answer takes what it takes to a bucket. */
	assert_non_null(made_find(&m, "p99       |@| now 5.0 ms"));
	made_press(&m, TOP_BACK);
	assert_int_equal(m.v.page, PAGE_LIST);
	assert_false(top_view_wants_connections(&m.v));
	made_end(&m);
}

static void who_has_gone_is_said_to_be(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	made_press(&m, TOP_ENTER);
	report_free(m.r);
	window_clear(&m.w);
	m.r = NULL;
	m.w = (struct window){.from = 2 * SECONDS, .to = 4 * SECONDS};
	made_process(&m, 13, "idle");
	made_draw(&m);
	assert_non_null(made_find(&m, "pid 12 is not there any more."));
	made_end(&m);
}

static void esc_goes_the_way_back(void **state)
{
	static const struct {
		uint32_t key;
		enum top_page page;
	} way[] = {{TOP_ENTER, PAGE_TASK}, {'s', PAGE_SOCKETS},	  {'?', PAGE_HELP},
		   {'u', PAGE_UNSEEN},	   {'?', PAGE_HELP},	  {TOP_BACK, PAGE_SOCKETS},
		   {TOP_BACK, PAGE_TASK},  {TOP_BACK, PAGE_LIST}, {TOP_BACK, PAGE_LIST},
		   {'?', PAGE_HELP},	   {'?', PAGE_LIST},	  {'c', PAGE_COLUMNS},
		   {'c', PAGE_LIST}};
	struct made m;

	(void)state;
	begin(&m);
	for (size_t i = 0; i < ARRAY_SIZE(way); i++) {
		made_press(&m, way[i].key);
		assert_int_equal(m.v.page, way[i].page);
	}
	made_end(&m);
}

static void columns_are_chosen(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	made_press(&m, 'c');
	assert_non_null(made_find(&m, "> [x] PID"));
	made_press(&m, ' ');
	assert_non_null(made_find(&m, "> [ ] PID"));
	made_press(&m, TOP_DOWN);
	made_press(&m, TOP_ENTER);
	made_press(&m, TOP_BACK);
	assert_string_equal(m.v.choice.sort->name, "user");
	assert_null(made_find(&m, " PID "));
	/* Nobody sees a list without columns. */
	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		if (m.v.shown & UINT32_C(1) << i) {
			m.v.column = i;
			m.v.shown = UINT32_C(1) << i;
		}
	made_press(&m, 'c');
	made_press(&m, ' ');
	assert_int_equal(m.v.shown, top_columns_usual());
	made_end(&m);
}

/* What those press who know htop. */
static void keys_of_htop_are_known(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	made_press(&m, TOP_FUNCTION + 1);
	assert_int_equal(m.v.page, PAGE_HELP);
	made_press(&m, TOP_BACK);
	made_press(&m, TOP_FUNCTION + 2);
	assert_int_equal(m.v.page, PAGE_COLUMNS);
	made_press(&m, TOP_BACK);
	made_press(&m, TOP_FUNCTION + 3);
	assert_true(m.v.typing);
	made_press(&m, TOP_BACK);
	made_press(&m, TOP_FUNCTION + 4);
	assert_true(m.v.typing);
	made_press(&m, TOP_BACK);
	made_press(&m, TOP_FUNCTION + 5);
	assert_true(m.v.choice.families);
	made_press(&m, '-');
	assert_true(m.v.choice.families);
	made_press(&m, '+');
	assert_false(m.v.choice.families);
	made_press(&m, '+');
	assert_false(m.v.choice.families);
	/* The column that is sorted by is chosen; the next one is that which is then. */
	made_press(&m, TOP_FUNCTION + 6);
	assert_non_null(made_find(&m, "> [x] REQ/s"));
	made_press(&m, TOP_DOWN);
	made_press(&m, TOP_ENTER);
	assert_int_equal(m.v.page, PAGE_LIST);
	assert_string_equal(m.v.choice.sort->name, "p50");
	made_press(&m, 'H');
	assert_true(m.v.choice.threads);
	made_press(&m, 'Z');
	assert_true(m.v.paused);
	made_press(&m, TOP_FUNCTION + 9);
	assert_false(m.v.quit);
	made_press(&m, TOP_FUNCTION + 10);
	assert_true(m.v.quit);
	made_end(&m);
}

static void the_help_has_every_key(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	canvas_size(&m.c, 100, 120, false);
	made_press(&m, '?');
	for (const struct top_key_row *row = top_keys; row->shown; row++)
		assert_non_null(made_find(&m, row->help));
	for (const struct top_column *c = top_columns; c->name; c++)
		assert_non_null(made_find(&m, c->help));
	made_press(&m, 'q');
	assert_true(m.v.quit);
	made_end(&m);
}

/* What a key means on a page is one row's to say. */
/* On a screen of 80 columns nothing of the help is cut off, and of the last line no key in its
 * middle. */
static void what_is_explained_fits(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m, 100, 80, false);
	made_process(&m, 13, "idle");
	made_press(&m, '?');
	for (const struct top_key_row *row = top_keys; row->shown; row++)
		assert_non_null(made_find(&m, strrchr(row->help, ' ')));
	assert_null(made_find(&m, "more lines below"));
	made_end(&m);
	for (unsigned int columns = 20; columns < 100; columns++) {
		char *last;
		size_t words = 0;

		made_begin(&m, 24, columns, false);
		made_process(&m, 13, "idle");
		made_draw(&m);
		last = m.c.line[23].text;
		assert_true(!strncmp(last, "? help  q quit", 14));
		assert_true(columns < 90 || strstr(last, "p pause"));
		for (size_t end = strlen(last); end && last[end - 1] == ' ';)
			last[--end] = '\0';
		last = strrchr(last, ' ') + 1;
		for (const struct top_key_row *row = top_keys; row->shown; row++)
			words += row->brief && !strcmp(last, row->brief);
		assert_int_equal(words, 1);
		made_end(&m);
	}
}

static void keys_are_told_apart(void **state)
{
	(void)state;
	for (const struct top_key_row *a = top_keys; a->shown; a++)
		for (const struct top_key_row *b = a + 1; b->shown; b++)
			for (size_t i = 0; i < KEYS_OF_ROW && a->key[i]; i++)
				for (size_t j = 0; j < KEYS_OF_ROW && b->key[j]; j++)
					assert_false(a->key[i] == b->key[j] && a->pages & b->pages);
}

static void words_name_columns(void **state)
{
	(void)state;
	for (int i = 0; i < TOP_COLUMNS; i++) {
		assert_string_equal(top_column_words[i].word, top_columns[i].name);
		assert_int_equal(top_column_words[i].value, i);
	}
	assert_null(top_column_words[TOP_COLUMNS].word);
}

static void paused_is_said(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	made_press(&m, 'p');
	assert_true(m.v.paused);
	assert_non_null(made_find(&m, "PAUSED"));
	made_press(&m, 'p');
	assert_null(made_find(&m, "PAUSED"));
	made_end(&m);
}

static void space_asks_for_a_report(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	assert_false(m.v.asks);
	made_press(&m, ' ');
	assert_true(m.v.asks);
	m.v.asks = false;
	/* Where columns are chosen it has another meaning. */
	made_press(&m, 'c');
	made_press(&m, ' ');
	assert_false(m.v.asks);
	made_end(&m);
}

static void keys_of_any_terminal_are_known(void **state)
{
	(void)state;
	assert_int_equal(top_key_of("[H"), TOP_HOME);
	assert_int_equal(top_key_of("[4~"), TOP_END);
	assert_int_equal(top_key_of("OA"), TOP_UP);
	assert_int_equal(top_key_of("[21~"), TOP_FUNCTION + 10);
	assert_int_equal(top_key_of("OR"), TOP_FUNCTION + 3);
	assert_int_equal(top_key_of("[17~"), TOP_FUNCTION + 6);
	/* Nothing of ours: a modified arrow, a click, a begin. */
	assert_int_equal(top_key_of("[1;5A"), 0);
	assert_int_equal(top_key_of("[<0;1;1M"), 0);
	assert_int_equal(top_key_of("["), 0);
}

static void the_past_is_kept(void **state)
{
	struct made m;
	const struct past *past;

	(void)state;
	begin(&m);
	for (int i = 0; i < HISTORY_REPORTS + 5; i++)
		top_history_take(&m.v.history, m.r);
	past = top_history_find(&m.v.history, &m.r->process[0]);
	assert_non_null(past);
	assert_int_equal(past->count, HISTORY_REPORTS);
	assert_int_equal(past->moment[HISTORY_REPORTS - 1].answered, 10);
	/* Who answers nothing has none; who is not there any more has none any more. */
	assert_int_equal(m.v.history.count, 1);
	m.r->processes = 0;
	m.r->families = 0;
	top_history_take(&m.v.history, m.r);
	assert_int_equal(m.v.history.count, 0);
	m.r->processes = m.r->families = 2;
	made_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enter_opens_a_process),
		cmocka_unit_test(who_has_gone_is_said_to_be),
		cmocka_unit_test(esc_goes_the_way_back),
		cmocka_unit_test(columns_are_chosen),
		cmocka_unit_test(keys_of_htop_are_known),
		cmocka_unit_test(the_help_has_every_key),
		cmocka_unit_test(what_is_explained_fits),
		cmocka_unit_test(keys_are_told_apart),
		cmocka_unit_test(words_name_columns),
		cmocka_unit_test(paused_is_said),
		cmocka_unit_test(space_asks_for_a_report),
		cmocka_unit_test(keys_of_any_terminal_are_known),
		cmocka_unit_test(the_past_is_kept),
	};

	return cmocka_run_group_tests_name("top, its pages", tests, NULL, NULL);
}
