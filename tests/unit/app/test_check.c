/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_check.c - what `iophase check` says of made-up capabilities, the exit code that follows, and
 * whether each row of the real table can be said.
 */
#include "unit.h"

#include "app/check_print.h"
#include "kernel/cap_rows.h"
#include "kernel/caps.h"

/* What a made-up row finds: by its event, lest each needs a probe of its own. */
static enum cap_state found(struct probing *p, const struct cap_row *row)
{
	(void)p;
	return (enum cap_state)(row->event[0] - '0');
}

/* One whose probe knows better than its row. */
static enum cap_state found_why(struct probing *p, const struct cap_row *row)
{
	snprintf(p->why, sizeof(p->why), "it is %s", "Tuesday");
	p->get = "wait";
	return found(p, row);
}

#define WORKS	"0"
#define LACKS	"1"
#define DENIED	"2"
#define UNKNOWN "3"

#define MADE(title, state, loss)                                                                   \
	.name = (title), .purpose = "made up", .event = (state), .without = (loss),                \
	.feature = FEATURES, .missing = "row's why", .get = "row's way"

/* The text for a table of rows, and the exit code; to be freed. */
static char *text_of(const struct cap_row *rows, size_t count, enum exit_code *code)
{
	struct cap_survey s = {0};
	struct caps caps;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	caps_survey_rows(&caps, &s, rows, count);
	check_print(out, &s);
	*code = cap_survey_code(&s);
	fclose(out);
	cap_survey_clear(&s);
	caps_clear(&caps);
	return text;
}

static void test_text(void **state)
{
	static const struct cap_row rows[] = {
		{MADE("good", WORKS, WITHOUT_END), .there = found},
		{MADE("of a trace", DENIED, WITHOUT_END), .there = found, .walk = WALK_TRACE},
		{MADE("small", LACKS, WITHOUT_NOTE), .there = found, .costs = "a little"},
		{MADE("better", DENIED, WITHOUT_WARN), .there = found_why, .costs = "some"},
		{MADE("dark", UNKNOWN, WITHOUT_END), .there = found},
	};
	enum exit_code code;
	char *text = text_of(rows, ARRAY_SIZE(rows), &code);

	(void)state;
	assert_string_equal(text,
			    "WHAT                         STATE          WHAT FOR\n"
			    "good                         works          made up\n"
			    "small                        lacks          made up\n"
			    "better                       not permitted  made up\n"
			    "dark                         not known      made up\n"
			    "\nNOT THERE, OR NOT KNOWN\n"
			    "\n  small: lacks\n"
			    "    why       row's why\n"
			    "    costs     a little\n"
			    "    get it    row's way\n"
			    "\n  better: not permitted\n"
			    "    why       it is Tuesday\n"
			    "    costs     some\n"
			    "    get it    wait\n"
			    "\n  dark: not known\n"
			    "    why       something else is missing that it takes to know\n");
	/* Nothing that is needed is known to be missing. */
	assert_int_equal(code, EXIT_DONE);
	free(text);
}

/* Of what is needed, the first that is missing decides. */
static void test_code(void **state)
{
	static const struct {
		const char *first, *second;
		enum without without;
		enum exit_code code;
	} cases[] = {
		{WORKS, WORKS, WITHOUT_END, EXIT_DONE},
		{LACKS, WORKS, WITHOUT_END, EXIT_UNABLE},
		{DENIED, LACKS, WITHOUT_END, EXIT_DENIED},
		{LACKS, DENIED, WITHOUT_END, EXIT_UNABLE},
		{UNKNOWN, DENIED, WITHOUT_END, EXIT_DENIED},
		{LACKS, DENIED, WITHOUT_RAW, EXIT_DONE},
		{LACKS, DENIED, WITHOUT_WARN, EXIT_DONE},
		{DENIED, LACKS, WITHOUT_NOTE, EXIT_DONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cap_row rows[] = {
			{MADE("a", cases[i].first, cases[i].without), .there = found},
			{MADE("b", cases[i].second, cases[i].without), .there = found},
		};
		enum exit_code code;
		char *text = text_of(rows, ARRAY_SIZE(rows), &code);

		assert_int_equal(code, cases[i].code);
		/* What nothing can be done without costs everything. */
		assert_int_equal(strstr(text, "nothing can be measured") != NULL,
				 strcmp(cases[i].first, WORKS) != 0);
		free(text);
	}
}

/* A feature is there where its probe says so, and the raw pair where the other way in is not. */
static void test_features(void **state)
{
	static const struct cap_row works[] = {
		{.name = "a",
		 .purpose = "a",
		 .event = WORKS,
		 .there = found,
		 .without = WITHOUT_NOTE,
		 .feature = FEATURE_COPY},
		{MADE("way in", WORKS, WITHOUT_RAW), .there = found},
	};
	static const struct cap_row lacks[] = {
		{.name = "a",
		 .purpose = "a",
		 .event = LACKS,
		 .there = found,
		 .without = WITHOUT_NOTE,
		 .feature = FEATURE_COPY},
		{MADE("way in", DENIED, WITHOUT_RAW), .there = found},
		{MADE("way in, more", UNKNOWN, WITHOUT_RAW), .there = found},
	};
	struct cap_survey s = {0};
	struct caps caps;

	(void)state;
	caps_survey_rows(&caps, &s, works, ARRAY_SIZE(works));
	assert_int_equal(caps.features.bits,
			 FEATURE_BIT(FEATURE_COPY) | FEATURE_BIT(FEATURE_CALL_EVENTS));
	caps_survey_rows(&caps, &s, lacks, ARRAY_SIZE(lacks));
	assert_int_equal(caps.features.bits, FEATURE_BIT(FEATURE_RAW_EVENTS));
	assert_int_equal(s.count, 5);
	cap_survey_clear(&s);
}

/* Every row of the real table can be said: what it is for, and, missing, all that is to be known.
 */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < cap_row_count; i++) {
		const struct cap_row *row = &cap_rows[i];

		print_message("%s\n", row->name);
		assert_non_null(row->there);
		assert_non_null(row->missing);
		assert_true(strlen(row->name) + 1 < sizeof("skb:skb_copy_datagram_iovec  "));
		assert_true(strlen(row->purpose) + strlen("skb:skb_copy_datagram_iovec  ") +
				    strlen("not permitted  ") <=
			    100);
		/* What ends the program costs everything; of all else it is said what. */
		assert_int_equal(row->costs == NULL, row->without == WITHOUT_END);
		if (row->walk != WALK_TRACE || row->without == WITHOUT_END)
			assert_non_null(row->get);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
