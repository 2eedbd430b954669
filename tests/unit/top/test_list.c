/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_list.c - the list of `iophase top`: rows and their order, columns that fit, what is chosen.
 */
#include "top/made_top.h"

/* Three processes: one that computes, one that answers slowly, one that answers much. */
static void begin(struct made *m, unsigned int lines, unsigned int columns, bool utf8)
{
	struct task_sums *t;

	made_begin(m, lines, columns, utf8);
	t = made_process(m, 11, "computes");
	task_time(t, OP_APP)->ns[PHASE_CPU] = SECONDS;
	task_time(t, OP_APP)->ns[PHASE_WAIT] = SECONDS;
	snprintf(t->whose.user, USER_LEN, "somebody");
	made_answers(made_process(m, 12, "slow"), 10, 5000000);
	made_answers(made_process(m, 13, "much"), 200, 9000);
	made_draw(m);
}

/* Checks the pids of the first rows. */
static void lists(const struct made *m, const pid_t *pid, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *row = m->c.line[m->v.top + i].text;

		assert_int_equal(strtol(row, NULL, 10), pid[i]);
	}
	/* What is behind them is blank. */
	assert_string_equal(m->c.line[m->v.top + count].text, "");
}

#define LISTS(m, ...)                                                                              \
	lists(m, (const pid_t[]){__VA_ARGS__}, sizeof((const pid_t[]){__VA_ARGS__}) / sizeof(pid_t))

static void keys_sort(void **state)
{
	struct made m;

	(void)state;
	begin(&m, 24, 100, false);
	LISTS(&m, 13, 12, 11);
	assert_non_null(made_find(&m, "REQ/sv"));
	made_press(&m, 'I');
	LISTS(&m, 11, 12, 13);
	assert_non_null(made_find(&m, "REQ/s^"));
	made_press(&m, 'L');
	LISTS(&m, 12, 13, 11);
	made_press(&m, 'P');
	LISTS(&m, 11, 13, 12);
	made_press(&m, 'N');
	LISTS(&m, 11, 12, 13);
	made_press(&m, 'N');
	LISTS(&m, 13, 12, 11);
	/* The column beside, of those that are shown: USER, then NAME. */
	made_press(&m, '>');
	made_press(&m, '>');
	assert_string_equal(m.v.choice.sort->name, "name");
	LISTS(&m, 11, 13, 12);
	made_press(&m, '<');
	assert_string_equal(m.v.choice.sort->name, "user");
	made_end(&m);
}

/* Without requests the busy come before the idle, whatever their pids, and the other way round,
 * too. */
static void equal_ones_are_sorted_as_by_ps(void **state)
{
	struct made m;
	struct task_sums *t;

	(void)state;
	made_begin(&m, 24, 100, false);
	made_process(&m, 11, "idle");
	made_process(&m, 12, "idle");
	t = made_process(&m, 13, "computes");
	task_time(t, OP_APP)->ns[PHASE_CPU] = SECONDS;
	task_time(t, OP_APP)->ns[PHASE_WAIT] = SECONDS;
	made_draw(&m);
	LISTS(&m, 13, 11, 12);
	made_press(&m, 'I');
	LISTS(&m, 13, 11, 12);
	made_end(&m);
}

/* The first lines are the sum of all; one process is never shown in place of it. */
static void the_first_lines_are_of_all(void **state)
{
	struct made m;

	(void)state;
	begin(&m, 24, 100, false);
	assert_non_null(strstr(m.c.line[1].text, "requests/s 105 "));
	m.r->total.is_total = false;
	made_draw(&m);
	assert_non_null(strstr(m.c.line[1].text, "requests/s - "));
	m.r->total.is_total = true;
	made_end(&m);
}

/* Of a thread that lived a quarter of the time rates are over that, of its process over all of it.
 */
static void rates_are_over_the_life_of_each(void **state)
{
	struct made m;
	struct task_sums *t;

	(void)state;
	made_begin(&m, 24, 120, false);
	t = made_process(&m, 14, "short");
	made_answers(t, 100, 9000);
	t->wall += SECONDS / 2;
	task_time(t, OP_APP)->ns[PHASE_CPU] = SECONDS / 2;
	t = task_list_get(&m.w.threads, 14, 15);
	snprintf(t->comm, sizeof(t->comm), "thread");
	t->wall = t->lived = task_time(t, OP_APP)->ns[PHASE_CPU] = SECONDS / 2;
	made_answers(t, 100, 9000);
	made_press(&m, 't');
	assert_non_null(strstr(made_find(&m, " 14 "), " 50 "));
	assert_non_null(strstr(made_find(&m, " 14 "), " 25.0 %"));
	assert_non_null(strstr(made_find(&m, " 15 "), " 200 "));
	assert_non_null(strstr(made_find(&m, " 15 "), " 100.0%"));
	made_end(&m);
}

static void a_filter_is_typed(void **state)
{
	struct made m;

	(void)state;
	begin(&m, 24, 100, false);
	made_press(&m, '/');
	for (const char *c = "SLq"; *c; c++)
		made_press(&m, (uint32_t)*c);
	assert_false(m.v.quit);
	assert_non_null(made_find(&m, "Filter: SLq_"));
	assert_non_null(made_find(&m, "No row has that in it"));
	made_press(&m, TOP_ERASE);
	LISTS(&m, 12);
	made_press(&m, TOP_ENTER);
	LISTS(&m, 12);
	assert_non_null(made_find(&m, "filter \"SL\": 1"));
	made_press(&m, TOP_BACK);
	LISTS(&m, 13, 12, 11);
	/* Users are looked at, too; Esc while typing takes it off. */
	made_press(&m, '/');
	made_press(&m, 'm');
	made_press(&m, 'e');
	made_press(&m, 'b');
	LISTS(&m, 11);
	made_press(&m, TOP_BACK);
	LISTS(&m, 13, 12, 11);
	made_end(&m);
}

static void who_is_chosen_stays_so(void **state)
{
	struct made m;

	(void)state;
	begin(&m, 24, 100, false);
	assert_int_equal(m.v.at.pid, 13);
	made_press(&m, TOP_DOWN);
	assert_int_equal(m.v.at.pid, 12);
	made_press(&m, 'L');
	assert_int_equal(m.v.at.pid, 12);
	assert_int_equal(m.v.selected, 0);
	made_press(&m, TOP_END);
	assert_int_equal(m.v.at.pid, 11);
	made_press(&m, TOP_DOWN);
	assert_int_equal(m.v.at.pid, 11);
	made_press(&m, TOP_HOME);
	made_press(&m, TOP_UP);
	assert_int_equal(m.v.at.pid, 12);
	made_end(&m);
}

static void the_list_scrolls(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m, 10, 80, false);
	for (pid_t pid = 1; pid <= 50; pid++)
		made_process(&m, pid, "idle");
	made_draw(&m);
	assert_int_equal(m.v.room, 5);
	made_press(&m, TOP_PAGE_DOWN);
	assert_int_equal(m.v.at.pid, 5);
	made_press(&m, TOP_DOWN);
	assert_int_equal(m.v.first, 1);
	made_press(&m, TOP_END);
	assert_int_equal(m.v.at.pid, 50);
	assert_int_equal(m.v.first, 45);
	made_press(&m, TOP_WHEEL_UP);
	assert_int_equal(m.v.at.pid, 47);
	made_end(&m);
}

static void the_mouse_sorts_and_opens(void **state)
{
	struct made m;
	const char *header;

	(void)state;
	begin(&m, 24, 100, false);
	header = made_find(&m, "P99");
	made_click(&m, m.v.top - 1, (unsigned int)(strstr(header, "P99") - header));
	assert_string_equal(m.v.choice.sort->name, "p99");
	LISTS(&m, 12, 13, 11);
	made_click(&m, m.v.top - 1, (unsigned int)(strstr(header, "P99") - header));
	LISTS(&m, 11, 13, 12);
	made_click(&m, m.v.top + 1, 3);
	assert_int_equal(m.v.at.pid, 13);
	assert_int_equal(m.v.page, PAGE_LIST);
	/* Beside all rows nothing is chosen but the last. */
	made_click(&m, m.v.top + 1, 3);
	assert_int_equal(m.v.page, PAGE_TASK);
	assert_int_equal(m.v.open.pid, 13);
	made_end(&m);
}

/* What is to be seen of each row, however narrow the screen is. */
static void lines_fit(void **state)
{
	static const char *const always[] = {"PID", "NAME", "MODEL", "REQ/s",
					     "P99", "CPU",  "TIME",  "FINDINGS"};
	static const unsigned int widths[] = {80, 100, 120, 200, 250, 400};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			struct made m;

			begin(&m, 24, widths[i], utf8);
			for (unsigned int l = 0; l < m.c.lines; l++) {
				assert_true(fmt_width(m.c.line[l].text) <= widths[i]);
				for (const char *c = m.c.line[l].text; *c && !utf8; c++)
					assert_true(*c >= ' ' && *c <= '~');
			}
			for (size_t h = 0; h < ARRAY_SIZE(always); h++)
				assert_non_null(strstr(m.c.line[m.v.top - 1].text, always[h]));
			made_end(&m);
		}
}

static void a_screen_of_any_size_is_drawn(void **state)
{
	(void)state;
	for (unsigned int lines = 0; lines < 9; lines++)
		for (unsigned int columns = 0; columns < 90; columns += 7) {
			struct made m;

			begin(&m, lines, columns, true);
			for (enum top_page page = PAGE_LIST; page < PAGES; page++) {
				top_view_go(&m.v, page);
				made_draw(&m);
				made_press(&m, TOP_END);
				made_press(&m, TOP_PAGE_UP);
			}
			made_end(&m);
		}
}

/* A name that would move the cursor, or is no text at all, is shown and not obeyed. */
static void names_of_anybody_are_shown(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m, 24, 120, true);
	made_process(&m, 5, "\033[2J\xff\n");
	snprintf(made_process(&m, 6, "x")->whose.user, USER_LEN, "\033]0;x");
	made_draw(&m);
	assert_null(made_find(&m, "\033"));
	assert_non_null(made_find(&m, "\\x1b[2J\\xff"));
	made_press(&m, TOP_ENTER);
	assert_null(made_find(&m, "\033"));
	made_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_sort),
		cmocka_unit_test(equal_ones_are_sorted_as_by_ps),
		cmocka_unit_test(rates_are_over_the_life_of_each),
		cmocka_unit_test(the_first_lines_are_of_all),
		cmocka_unit_test(a_filter_is_typed),
		cmocka_unit_test(who_is_chosen_stays_so),
		cmocka_unit_test(the_list_scrolls),
		cmocka_unit_test(the_mouse_sorts_and_opens),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(a_screen_of_any_size_is_drawn),
		cmocka_unit_test(names_of_anybody_are_shown),
	};

	return cmocka_run_group_tests_name("top, the list", tests, NULL, NULL);
}
